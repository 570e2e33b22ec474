"""Start private servers in a folder, tell what was seen, take them away: run by the tests."""

import json
import sys
from pathlib import Path

from launcher.background import Background
from launcher.servers import postgres_in, valkey_in


def main(folder):
    postgres, valkey = postgres_in(folder, durable=False), valkey_in(folder, durable=False)
    servers = [Background(postgres), Background(valkey)]
    for server in servers:
        server.start()
    postgres.create_roles()
    postgres.create_roles()
    seen = {
        "superusers": postgres.run("select count(*) from pg_roles where rolsuper"),
        "open to others": [
            path.name
            for path in (folder / "servers.json", folder / "valkey.conf", postgres.data)
            if path.stat().st_mode & 0o077
        ],
    }
    for server in servers:
        server.stop()
    seen["still running"] = [server.pid for server in servers if server.pid]
    postgres.remove()
    seen["left"] = [str(path) for path in (folder, postgres.data) if path.exists()]
    sys.stdout.write(json.dumps(seen))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
