-- The two roles and the database of the embedded Postgres. Running it again changes nothing.
SELECT 'CREATE ROLE courseapp_owner LOGIN CREATEDB'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'courseapp_owner') \gexec
SELECT 'CREATE ROLE courseapp_app LOGIN'
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'courseapp_app') \gexec
-- The owner may switch to the application's role: that is how tests see what it may not do.
GRANT courseapp_app TO courseapp_owner;
SELECT 'CREATE DATABASE courseapp OWNER courseapp_owner'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'courseapp') \gexec
\connect courseapp
ALTER SCHEMA public OWNER TO courseapp_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
