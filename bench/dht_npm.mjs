// One run of npm bittorrent-dht's lookups, for bench_dht.py: plan on standard input, JSON out.

import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'bittorrent-dht'

const plan = JSON.parse(readFileSync(0, 'utf8'))
const wanted = Object.entries(plan.peers).map(([infohash, peers]) => ({
  infohash,
  peers: peers.map(([host, port]) => `${host}:${port}`)
}))

const dht = new Client({ bootstrap: plan.nodes.map(([host, port]) => `${host}:${port}`) })
const lookups = new Map()
dht.on('peer', (peer, infohash) => {
  lookups.get(infohash.toString('hex'))?.add(`${peer.host}:${peer.port}`)
})
await new Promise((resolve) => dht.listen(0, '127.0.0.1', resolve))
await new Promise((resolve) => dht.once('ready', resolve))

async function lookUp ({ infohash, peers }) {
  const heard = new Set()
  lookups.set(infohash, heard)
  await new Promise((resolve) => dht.lookup(infohash, resolve))
  lookups.delete(infohash)
  return peers.every((peer) => heard.has(peer)) ? 1 : 0
}

async function run (count) {
  let started = 0
  let found = 0
  const worker = async () => {
    while (started < count) {
      const one = await lookUp(wanted[started++ % wanted.length])
      found += one // after the wait: other workers add to it meanwhile
    }
  }
  await Promise.all(Array.from({ length: plan.at_once }, worker))
  return found
}

await run(plan.warm_up)
await sleep(100)
const began = process.cpuUsage()
const wall = performance.now()
const found = await run(plan.lookups)
const { user, system } = process.cpuUsage(began)
console.log(JSON.stringify({
  found, cpu_s: (user + system) / 1e6, wall_s: (performance.now() - wall) / 1e3
}))
dht.destroy()
process.exit(0)
