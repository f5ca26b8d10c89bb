import { setTimeout as sleep } from 'node:timers/promises'
import { getContainerRuntimeClient, LABEL_TESTCONTAINERS_SESSION_ID } from 'testcontainers'

/**
 * A program: waits until its standard input ends, which the system sees to however the process at its other end goes,
 * and removes the containers and networks of a session. `node remove-containers.ts SESSION`
 */
const label = [`${LABEL_TESTCONTAINERS_SESSION_ID}=${process.argv[2]}`]

for await (const _ of process.stdin);

const { dockerode } = (await getContainerRuntimeClient()).container
// What had been asked for when the process ended may come to be a moment later; a minute is enough for what ends at all.
const deadline = Date.now() + 60_000
for (let nothing = 0; nothing < 3 && Date.now() < deadline; await sleep(500)) {
  const containers = await dockerode.listContainers({ all: true, filters: { label } })
  // In parallel, and none kept by another that is being removed already.
  await Promise.allSettled(containers.map(({ Id }) => dockerode.getContainer(Id).remove({ force: true, v: true })))
  const networks = await dockerode.listNetworks({ filters: { label } })
  await Promise.allSettled(networks.map(({ Id }) => dockerode.getNetwork(Id).remove()))
  nothing = containers.length + networks.length === 0 ? nothing + 1 : 0
}
