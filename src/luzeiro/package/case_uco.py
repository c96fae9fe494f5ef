"""A package's sightings as CASE/UCO (CASE 1.4, UCO 1.4): JSON-LD that other tools take in.

UCO has network connections, addresses and tools, and nothing for what a peer *states* about a file
without sending it. `texts/luzeiro-p2p.ttl` adds that one facet; everything else is plain UCO.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from luzeiro.package.gather import Exhibit

P2P = "https://luzeiro.invalid/ontology/p2p#"
_CONTEXT = {
    "kb": "https://luzeiro.invalid/kb/",
    "luzeiro-p2p": P2P,
    "case-investigation": "https://ontology.caseontology.org/case/investigation/",
    "uco-action": "https://ontology.unifiedcyberontology.org/uco/action/",
    "uco-core": "https://ontology.unifiedcyberontology.org/uco/core/",
    "uco-observable": "https://ontology.unifiedcyberontology.org/uco/observable/",
    "uco-tool": "https://ontology.unifiedcyberontology.org/uco/tool/",
    "uco-types": "https://ontology.unifiedcyberontology.org/uco/types/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_Node = dict[str, Any]  # Any: JSON-LD
_HASHES = {"md5": "MD5", "sha1": "SHA1", "sha256": "SHA256"}


def graph(exhibits: Sequence[Exhibit], made_at: str) -> bytes:
    """Write the graph of a package.

    Args:
        exhibits: the sightings.
        made_at: ISO 8601, Z.
    """
    nodes: dict[str, _Node] = {}
    for exhibit in exhibits:
        for node in _sighting(exhibit.row):
            nodes[node["@id"]] = node
    objects = sorted(nodes)
    bundle = {
        "@id": _id("bundle", "".join(objects)),
        "@type": "uco-core:Bundle",
        "uco-core:description": "Statements of peers, as a package of Luzeiro holds them",
        "uco-core:objectCreatedTime": _instant(made_at),
        "uco-core:object": [{"@id": one} for one in objects],
    }
    held = {"@context": _CONTEXT, "@graph": [bundle, *(nodes[one] for one in objects)]}
    return (json.dumps(held, indent=1, sort_keys=True) + "\n").encode()


def _sighting(row: _Node) -> Iterable[_Node]:
    tool = _tool(row)
    remote = _address(row["remote_address"])
    own = [] if row["own_address"] is None else [_address(row["own_address"])]
    exchange, connection = _exchange(row), _connection(row, remote, own)
    action = {
        "@id": _id("investigative-action", row["sighting_id"]),
        "@type": "case-investigation:InvestigativeAction",
        "uco-core:name": "sighting",
        "uco-core:description": f"Sighting {row['sighting_id']}, graded {row['grade']}",
        "uco-action:startTime": _instant(min(row["started_at"], row["seen_at"])),
        "uco-action:endTime": _instant(row["seen_at"]),
        "uco-action:instrument": {"@id": tool["@id"]},
        "uco-action:object": [{"@id": one["@id"]} for one in (remote, *own)],
        "uco-action:result": [{"@id": one["@id"]} for one in (connection, exchange)],
    }
    yield from (tool, remote, *own, connection, exchange, action)


def _tool(row: _Node) -> _Node:
    name, _, version = row["software"].partition(" ")
    return {
        "@id": _id("tool", f"{row['software']} {row['collector']}"),
        "@type": "uco-tool:Tool",
        "uco-core:name": name,
        "uco-core:description": f"collector {row['collector']}",
        "uco-tool:version": version or "unknown",
    }


def _address(host: str) -> _Node:
    kind = "IPv6Address" if ":" in host else "IPv4Address"
    return {
        "@id": _id(kind.lower(), host),
        "@type": f"uco-observable:{kind}",
        "uco-core:hasFacet": [
            {
                "@id": _id(f"{kind.lower()}-facet", host),
                "@type": f"uco-observable:{kind}Facet",
                "uco-observable:addressValue": host,
            }
        ],
    }


def _exchange(row: _Node) -> _Node:
    digest = row["raw_sha256"]
    return {
        "@id": _id("file", digest),
        "@type": "uco-observable:File",
        "uco-core:hasFacet": [
            {
                "@id": _id("file-facet", digest),
                "@type": "uco-observable:FileFacet",
                "uco-observable:fileName": f"data/exchanges/{digest}.lzx",
            },
            {
                "@id": _id("content-data-facet", digest),
                "@type": "uco-observable:ContentDataFacet",
                "uco-observable:hash": [_hash("SHA256", digest)],
            },
        ],
    }


def _connection(row: _Node, remote: _Node, own: list[_Node]) -> _Node:
    network: _Node = {
        "@id": _id("network-connection-facet", row["sighting_id"]),
        "@type": "uco-observable:NetworkConnectionFacet",
        "uco-observable:dst": [{"@id": remote["@id"]}],
        "uco-observable:destinationPort": row["remote_port"],
        "uco-observable:startTime": _instant(row["started_at"]),
    }
    if own:
        network["uco-observable:src"] = [{"@id": own[0]["@id"]}]
        network["uco-observable:sourcePort"] = row["own_port"]
    return {
        "@id": _id("network-connection", row["sighting_id"]),
        "@type": "uco-observable:NetworkConnection",
        "uco-core:hasFacet": [network, _statement(row)],
    }


def _statement(row: _Node) -> _Node:
    facet: _Node = {
        "@id": _id("peer-statement-facet", row["sighting_id"]),
        "@type": "luzeiro-p2p:PeerStatementFacet",
        "luzeiro-p2p:network": row["network"],
        "luzeiro-p2p:identifierKind": row["identifier_kind"],
        "luzeiro-p2p:identifier": {"@type": "xsd:hexBinary", "@value": row["identifier"].upper()},
        "luzeiro-p2p:grade": row["grade"],
        "luzeiro-p2p:control": row["control"],
        "luzeiro-p2p:role": row["role"],
        "luzeiro-p2p:seenAt": _instant(row["seen_at"]),
        "luzeiro-p2p:completenessBound": row["completeness_bound"],
    }
    optional = {
        "fileIndex": ("xsd:integer", row["file_index"]),
        "completeness": ("xsd:double", row["completeness"]),
        "clientAsClaimed": ("xsd:string", row["client"]),
        "clockErrorSeconds": ("xsd:double", row["clock_error_s"]),
    }
    for name, (kind, value) in optional.items():
        if value is not None:
            facet[f"luzeiro-p2p:{name}"] = {"@type": kind, "@value": str(value)}
    if row["doubts"]:
        facet["luzeiro-p2p:doubt"] = list(row["doubts"])
    if row["identifier_kind"] in _HASHES:
        facet["luzeiro-p2p:hash"] = _hash(_HASHES[row["identifier_kind"]], row["identifier"])
    return facet


def _hash(method: str, digest: str) -> _Node:
    return {
        "@id": _id("hash", f"{method} {digest}"),
        "@type": "uco-types:Hash",
        "uco-types:hashMethod": {"@type": "xsd:string", "@value": method},
        "uco-types:hashValue": {"@type": "xsd:hexBinary", "@value": digest.upper()},
    }


def _instant(at: str) -> _Node:
    return {"@type": "xsd:dateTime", "@value": at}


def _id(kind: str, name: str) -> str:
    # Named by what they are, so that the same thing is the same node in every package.
    digest = hashlib.sha256(name.encode()).hexdigest()
    return f"kb:{kind}-{uuid5(NAMESPACE_URL, f'{P2P}{kind}/{digest}')}"
