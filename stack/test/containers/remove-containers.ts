import { setTimeout as sleep } from 'node:timers/promises'
import { getContainerRuntimeClient, LABEL_TESTCONTAINERS_SESSION_ID } from 'testcontainers'

/**
 * A program: waits until its standard input ends, which the system sees to however the process at its other end goes,
 * and removes the containers and networks of a session. `node remove-containers.ts SESSION`
 */
const label = [`${LABEL_TESTCONTAINERS_SESSION_ID}=${process.argv[2]}`]

for await (const _ of process.stdin);

const { dockerode } = (await getContainerRuntimeClient()).container
// What had been asked for when the process ended may come to be a moment later.
for (let left = 3; left > 0; left--) {
  const containers = await dockerode.listContainers({ all: true, filters: { label } })
  // In parallel, and none kept by another that is being removed already.
  await Promise.allSettled(containers.map(({ Id }) => dockerode.getContainer(Id).remove({ force: true, v: true })))
  const networks = await dockerode.listNetworks({ filters: { label } })
  await Promise.allSettled(networks.map(({ Id }) => dockerode.getNetwork(Id).remove()))
  if (containers.length > 0) left = 3
  else await sleep(1000)
}
