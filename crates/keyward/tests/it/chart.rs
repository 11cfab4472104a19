//! The Helm chart: linted, rendered, validated against the schemas of several Kubernetes releases, and read.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::packaging::{ok, repository};
use crate::server::keyward;

/// Everything that can be switched on.
const ALL: [&str; 16] = [
    "listenOn=[::]",
    "tls.publicSecretName=public-tls",
    "tls.internalSecretName=internal-tls",
    "tls.clientCertificates=true",
    "ingress.enabled=true",
    "ingress.className=nginx",
    "ingress.tlsSecretName=tls",
    "serviceMonitor.enabled=true",
    "prometheusRule.enabled=true",
    "migration.databaseUrlItem=owner-url",
    "secret.items.KEYWARD_WEBHOOK_KEY=webhook-key",
    "env.KEYWARD_TRUSTED_PROXIES=10.0.0.0/8",
    "env.KEYWARD_JWT_ISSUER=https://id.example.com",
    "shutdownNoticeSeconds=30",
    "podLabels.team=keys",
    "networkPolicy.publicFrom[0].podSelector.matchLabels.app=ingress",
];

fn template(values: &[&str]) -> Command {
    let mut helm = Command::new("helm");
    helm.args(["template", "keyward"])
        .arg(repository("packaging/chart"));
    for value in values {
        helm.args(["--set", value]);
    }
    helm
}

fn to_json(yaml: &str) -> Vec<Value> {
    let mut converter = Command::new("yaml-to-json")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = converter.stdin.take().unwrap();
    stdin.write_all(yaml.as_bytes()).unwrap();
    drop(stdin);
    let output = converter.wait_with_output().unwrap();
    assert!(output.status.success(), "{yaml}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn rendered(values: &[&str]) -> Vec<Value> {
    to_json(&ok(&mut template(values)))
}

fn the<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    let mut of_kind = objects.iter().filter(|object| object["kind"] == kind);
    let found = of_kind.next();
    assert!(of_kind.next().is_none(), "one {kind}");
    found.unwrap_or_else(|| panic!("no {kind}"))
}

#[test]
fn the_chart_has_no_fault_and_its_objects_are_valid() {
    ok(Command::new("helm")
        .args(["lint", "--strict", "--quiet"])
        .arg(repository("packaging/chart")));
    let folder = tempfile::tempdir().unwrap();
    for (name, values) in [("least", &[][..]), ("all", &ALL)] {
        let yaml = ok(&mut template(values));
        // Objects of the Prometheus Operator have no schema here.
        let documents = yaml.split("\n---");
        let ours = documents.filter(|document| !document.contains("monitoring.coreos.com"));
        let file = folder.path().join(format!("{name}.yaml"));
        std::fs::write(&file, ours.collect::<Vec<_>>().join("\n---")).unwrap();
        for release in ["1.27", "1.30", "1.34"] {
            let said = ok(Command::new("kubernetes-validate")
                .args(["--strict", "-k", release])
                .arg(&file));
            assert!(!said.contains("WARN"), "{said}");
        }
    }
}

#[test]
fn the_image_of_a_release_is_the_charts_default() {
    let objects = rendered(&[]);
    let node = &the(&objects, "Deployment")["spec"]["template"]["spec"]["containers"][0];
    assert_eq!(
        node["image"],
        concat!("keyward:", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn a_node_is_probed_drained_and_has_no_rights() {
    let objects = rendered(&ALL);
    let deployment = the(&objects, "Deployment");
    let pod = &deployment["spec"]["template"]["spec"];
    let node = &pod["containers"][0];
    assert_eq!(node["args"], json!(["serve"]));
    for (probe, path) in [
        ("startupProbe", "/healthz"),
        ("livenessProbe", "/healthz"),
        ("readinessProbe", "/readyz"),
    ] {
        let get = &node[probe]["httpGet"];
        let expected = json!({ "path": path, "port": "internal", "scheme": "HTTPS" });
        assert_eq!(get, &expected, "{probe}");
    }
    assert_eq!(pod["terminationGracePeriodSeconds"], 55);
    let update = &deployment["spec"]["strategy"]["rollingUpdate"];
    assert_eq!(update, &json!({ "maxUnavailable": 0, "maxSurge": 1 }));
    for (spec, container) in [(pod, node), migration_pod(&objects)] {
        assert_eq!(spec["securityContext"]["runAsNonRoot"], true);
        assert_eq!(spec["automountServiceAccountToken"], false);
        assert_eq!(spec["enableServiceLinks"], false);
        assert_eq!(
            container["securityContext"],
            json!({
                "allowPrivilegeEscalation": false,
                "readOnlyRootFilesystem": true,
                "capabilities": { "drop": ["ALL"] },
            })
        );
    }
    let budget = &the(&objects, "PodDisruptionBudget")["spec"];
    assert_eq!(budget["maxUnavailable"], 1);
    assert_eq!(budget["selector"], deployment["spec"]["selector"]);
}

fn migration_pod(objects: &[Value]) -> (&Value, &Value) {
    let pod = &the(objects, "Job")["spec"]["template"]["spec"];
    (pod, &pod["containers"][0])
}

/// The schema is migrated while the old nodes serve, and they stay when that fails.
#[test]
fn the_migration_runs_before_the_nodes_are_replaced() {
    let objects = rendered(&ALL);
    let job = the(&objects, "Job");
    let annotations = &job["metadata"]["annotations"];
    assert_eq!(annotations["helm.sh/hook"], "pre-install,pre-upgrade");
    let policy = &annotations["helm.sh/hook-delete-policy"];
    assert_eq!(policy, "before-hook-creation,hook-succeeded");
    let (pod, migration) = migration_pod(&objects);
    assert_eq!(migration["args"], json!(["migrate"]));
    assert_eq!(
        migration["image"],
        the(&objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["image"]
    );
    assert_eq!(
        migration["env"],
        json!([{ "name": "DATABASE_URL_FILE", "value": "/run/secrets/keyward/owner-url" }])
    );
    // Hooks run before the objects of the release exist: it may only need the Secret, which exists before.
    assert!(pod.get("serviceAccountName").is_none());
    assert_eq!(pod["volumes"].as_array().unwrap().len(), 1);
    // No node, and no Service, takes the Job's pod for one of its own.
    let labels = &job["spec"]["template"]["metadata"]["labels"];
    assert_eq!(labels["app.kubernetes.io/component"], "migration");
    for service in objects.iter().filter(|object| object["kind"] == "Service") {
        assert_eq!(
            service["spec"]["selector"]["app.kubernetes.io/component"],
            "node"
        );
    }
    let without = rendered(&["migration.enabled=false"]);
    assert!(without.iter().all(|object| object["kind"] != "Job"));
}

#[test]
fn secrets_are_files_and_all_variables_exist() {
    let objects = rendered(&ALL);
    let node = &the(&objects, "Deployment")["spec"]["template"]["spec"]["containers"][0];
    let env = node["env"].as_array().unwrap();
    let value = |name: &str| {
        env.iter()
            .find(|one| one["name"] == name)
            .map(|one| &one["value"])
    };
    for (variable, item) in [
        ("DATABASE_URL", "database-url"),
        ("KEYWARD_INTERNAL_TOKEN", "internal-token"),
        ("KEYWARD_WEBHOOK_KEY", "webhook-key"),
    ] {
        assert_eq!(value(variable), None);
        let path = format!("/run/secrets/keyward/{item}");
        assert_eq!(value(&format!("{variable}_FILE")).unwrap(), &json!(path));
    }
    let mut command = keyward();
    for one in env {
        command.env(
            one["name"].as_str().unwrap(),
            one["value"].as_str().unwrap(),
        );
    }
    let said = command.args(["scopes", "list"]).output().unwrap();
    let said = String::from_utf8_lossy(&said.stderr);
    assert!(!said.contains("is not a variable of Keyward"), "{said}");
}

#[test]
fn certificates_are_mounted_where_the_variables_say() {
    let objects = rendered(&ALL);
    let pod = &the(&objects, "Deployment")["spec"]["template"]["spec"];
    let node = &pod["containers"][0];
    let env = node["env"].as_array().unwrap();
    let value = |name: &str| {
        let found = env.iter().find(|one| one["name"] == name);
        found.map(|one| one["value"].as_str().unwrap())
    };
    for listener in ["public", "internal"] {
        let folder = format!("/run/secrets/keyward-tls-{listener}");
        let name = format!("tls-{listener}");
        let of = |list: &Value| {
            let mut list = list.as_array().unwrap().iter();
            list.find(|one| one["name"] == name.as_str()).cloned()
        };
        assert_eq!(of(&node["volumeMounts"]).unwrap()["mountPath"], *folder);
        let secret = &of(&pod["volumes"]).unwrap()["secret"];
        assert_eq!(secret["secretName"], format!("{listener}-tls"));
        for (part, file) in [("CERTIFICATE", "tls.crt"), ("KEY", "tls.key")] {
            let variable = format!("KEYWARD_{}_TLS_{part}_FILE", listener.to_uppercase());
            let expected = format!("{folder}/{file}");
            assert_eq!(value(&variable), Some(expected.as_str()));
        }
    }
    assert_eq!(
        value("KEYWARD_INTERNAL_TLS_CLIENT_CA_FILE"),
        Some("/run/secrets/keyward-tls-internal/ca.crt")
    );
    assert_eq!(value("KEYWARD_PUBLIC_ADDR"), Some("[::]:8080"));
    let plain = rendered(&[]);
    let plain = the(&plain, "Deployment").to_string();
    assert!(
        !plain.contains("TLS") && plain.contains("0.0.0.0:8081"),
        "{plain}"
    );
    let alone = template(&["tls.clientCertificates=true"]).output().unwrap();
    let said = String::from_utf8_lossy(&alone.stderr);
    assert!(said.contains("needs tls.internalSecretName"), "{said}");
}

#[test]
fn the_internal_listener_is_closed_except_for_those_that_are_named() {
    let objects = rendered(&ALL);
    let policy = &the(&objects, "NetworkPolicy")["spec"];
    assert_eq!(policy["policyTypes"], json!(["Ingress"]));
    let selector = &the(&objects, "Deployment")["spec"]["selector"];
    assert_eq!(&policy["podSelector"], selector);
    let rules = policy["ingress"].as_array().unwrap();
    assert_eq!(rules.len(), 2);
    assert_eq!(rules[0]["ports"], json!([{ "port": "public" }]));
    assert_eq!(
        rules[1],
        json!({
            "ports": [{ "port": "internal" }],
            "from": [{ "podSelector": { "matchLabels": { "keyward-client": "true" } } }],
        })
    );
    let no_one = rendered(&["networkPolicy.internalFrom=null"]);
    let rules = &the(&no_one, "NetworkPolicy")["spec"]["ingress"];
    assert_eq!(rules, &json!([{ "ports": [{ "port": "public" }] }]));
    let ingress = &the(&objects, "Ingress")["spec"]["rules"][0]["http"]["paths"][0]["backend"];
    assert_eq!(
        ingress["service"],
        json!({ "name": "keyward", "port": { "name": "https" } })
    );
}

#[test]
fn prometheus_finds_the_internal_listener_and_has_a_token() {
    let objects = rendered(&ALL);
    let monitor = &the(&objects, "ServiceMonitor")["spec"];
    let wanted = monitor["selector"]["matchLabels"].as_object().unwrap();
    let found: BTreeSet<&str> = objects
        .iter()
        .filter(|object| object["kind"] == "Service")
        .filter(|service| {
            let labels = &service["metadata"]["labels"];
            wanted.iter().all(|(name, value)| &labels[name] == value)
        })
        .map(|service| service["metadata"]["name"].as_str().unwrap())
        .collect();
    assert_eq!(found, BTreeSet::from(["keyward-internal"]));
    assert_eq!(
        monitor["endpoints"][0]["authorization"]["credentials"],
        json!({ "name": "keyward", "key": "internal-token" })
    );
    let tls = &monitor["endpoints"][0]["tlsConfig"];
    assert_eq!(tls["ca"]["secret"]["name"], "internal-tls");
    assert_eq!(tls["serverName"], "keyward-internal.default.svc");
    let rules = std::fs::read_to_string(repository("packaging/chart/files/alerts.yaml")).unwrap();
    assert_eq!(the(&objects, "PrometheusRule")["spec"], to_json(&rules)[0]);
}

#[test]
fn a_wrong_value_is_refused() {
    for (value, part) in [
        (
            "secret.items.KEYWARD_INTERNAL_TOKEN=null",
            "KEYWARD_INTERNAL_TOKEN",
        ),
        ("env.KEYWARD_JWT_SECRET=canary", "KEYWARD_JWT_SECRET"),
        (
            "env.KEYWARD_LISTEN_URL=postgres://u:p@db/k",
            "KEYWARD_LISTEN_URL",
        ),
        (
            "env.KEYWARD_INTERNAL_ADDR=0.0.0.0:1",
            "KEYWARD_INTERNAL_ADDR",
        ),
        ("replicas=0", "replicas"),
        ("replicaCount=3", "replicaCount"),
    ] {
        let output = template(&[value]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success(), "{value}");
        assert!(said.contains(part), "{value}: {said}");
    }
}
