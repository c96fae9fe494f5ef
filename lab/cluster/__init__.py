"""A real ClickHouse cluster on loopback, two shards of two replicas, from Debian's packages."""
