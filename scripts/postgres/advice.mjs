/** What to install by hand, where nothing can be unpacked. */
export const advice = `PostgreSQL 17 (server and client tools) with pgvector is needed and was not found. Install one of:

  Debian 13, Ubuntu 25.04 and newer:   sudo apt install postgresql-17 postgresql-client-17 postgresql-17-pgvector
  older Debian and Ubuntu:             sudo apt install postgresql-common
                                       sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y
                                       sudo apt install postgresql-17 postgresql-client-17 postgresql-17-pgvector
  Fedora, RHEL, Rocky (PGDG's repository enabled, see https://www.postgresql.org/download/linux/redhat/):
                                       sudo dnf install postgresql17-server postgresql17-contrib pgvector_17
  macOS:                               brew install postgresql@17 pgvector
  Docker, from the project's folder:   docker run --rm -it -v "$PWD:/work" -w /work node:20-bookworm npm run demo

The programs are looked for in PATH, /usr/lib/postgresql/17/bin, /usr/pgsql-17/bin and Homebrew's folders.`;
