import { answers } from '../../src/http-health.js'
import { HOST } from '../../src/ports.js'
import type { ContainedServer } from './contained-server.js'

const url = ([port]: readonly number[]): string => `http://${HOST}:${port}/apis/ccompat/v7`

export const registry: ContainedServer = {
  name: 'registry',
  service: 'registry',
  needs: ['kafka'],
  listens: [8080],
  ready: async (ports) => (await answers(`http://${HOST}:${ports[0]}/health/ready`)) && (await answers(`${url(ports)}/subjects`)),
  env: (ports) => ({ SCHEMA_REGISTRY_URL: url(ports) }),
}
