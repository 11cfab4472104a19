DROP TABLE deployment_events;
DROP TABLE deployment_trail;
