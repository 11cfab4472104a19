/// How a program calls the API with a key.
pub(crate) struct CodeExample {
    pub(crate) id: &'static str,
    pub(crate) language: &'static str,
    pub(crate) code: String,
}

const CURL: &str = "curl {url} -H \"Authorization: Bearer $API_KEY\"";

const TYPESCRIPT: &str = "const response = await fetch(\"{url}\", {
  headers: { Authorization: `Bearer ${process.env.API_KEY}` },
});
console.log(response.status, await response.text());";

const PYTHON: &str = "import os
import urllib.request

request = urllib.request.Request(
    \"{url}\",
    headers={\"Authorization\": f\"Bearer {os.environ['API_KEY']}\"},
)
with urllib.request.urlopen(request) as response:
    print(response.status, response.read().decode())";

const GO: &str = "package main

import (
\t\"fmt\"
\t\"log\"
\t\"net/http\"
\t\"os\"
)

func main() {
\trequest, err := http.NewRequest(\"GET\", \"{url}\", nil)
\tif err != nil {
\t\tlog.Fatal(err)
\t}
\trequest.Header.Set(\"Authorization\", \"Bearer \"+os.Getenv(\"API_KEY\"))
\tresponse, err := http.DefaultClient.Do(request)
\tif err != nil {
\t\tlog.Fatal(err)
\t}
\tdefer response.Body.Close()
\tfmt.Println(response.Status)
}";

const RUST: &str = "// reqwest with the feature \"blocking\"
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let response = reqwest::blocking::Client::new()
        .get(\"{url}\")
        .bearer_auth(std::env::var(\"API_KEY\")?)
        .send()?;
    println!(\"{} {}\", response.status(), response.text()?);
    Ok(())
}";

/// The examples for an API at this URL.
pub(crate) fn examples(url: &str) -> Vec<CodeExample> {
    let examples = [
        ("curl", "curl", CURL),
        ("typescript", "TypeScript", TYPESCRIPT),
        ("python", "Python", PYTHON),
        ("go", "Go", GO),
        ("rust", "Rust", RUST),
    ];
    let examples = examples.map(|(id, language, code)| CodeExample {
        id,
        language,
        code: code.replace("{url}", url),
    });
    examples.into()
}
