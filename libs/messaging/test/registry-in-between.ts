import { createServer, request } from 'node:http'

/** An address in front of the registry that hands everything on, answers with an error, or is not there. */
export async function registryInBetween(target: string) {
  const upstream = new URL(target)
  let status: number | null = null
  let refused = 0
  const server = createServer((incoming, outgoing) => {
    if (status !== null) {
      refused++
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error_code: 50_001, message: 'it failed' }))
      return
    }
    const forwarded = request({ host: upstream.hostname, port: upstream.port, path: incoming.url, method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  })
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  await listen(0)
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return {
    url: `http://127.0.0.1:${port}${upstream.pathname}`,
    /** From now on every request gets this status; null: the registry's own answer. */
    fail(with_: number | null) {
      status = with_
    },
    /** How many requests were answered with an error. */
    refused: () => refused,
    close,
    /** After `close`: it is there again. */
    appear: () => listen(port),
  }
}
