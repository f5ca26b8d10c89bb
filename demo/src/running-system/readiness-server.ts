import { once } from 'node:events'
import { createServer, type Server } from 'node:http'

/** Answers `GET /health/ready` as the services do: 200, or 503 as long as it is not so. */
export async function serveReadiness(host: string, port: number, isReady: () => boolean): Promise<Server> {
  const server = createServer(({ method, url }, response) => {
    const status = method !== 'GET' || url !== '/health/ready' ? 404 : isReady() ? 200 : 503
    response.writeHead(status).end()
  }).listen(port, host)
  await once(server, 'listening')
  return server
}
