DROP TABLE key_denials;
