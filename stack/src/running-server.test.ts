import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest'
import { startGuard } from './guard.js'
import type { Guard } from './guard.js'
import { answers } from './http-health.js'
import { freePort, HOST, releasePorts } from './ports.js'
import { RunningServer } from './running-server.js'
import type { Server } from './server.js'

// Real processes on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 })

let run: string
let guard: Guard
let lines: string[]

beforeEach(async () => {
  run = await mkdtemp(join(tmpdir(), 'server-test-'))
  guard = startGuard()
  lines = []
})
afterEach(async () => {
  await guard.close()
  await rm(run, { recursive: true, force: true })
})

/** A small HTTP server in place of a real one. */
const small = (script: (port: number) => string): Server => ({
  name: 'twilio',
  label: 'A small server',
  needs: [],
  ports: ['twilio'],
  command: async (context) => ({ command: process.execPath, args: ['-e', script(context.port('twilio'))] }),
  ready: (context) => answers(`http://${HOST}:${context.port('twilio')}/`),
  env: (context) => ({ PORT: String(context.port('twilio')) }),
})
const serve = (port: number): string => `require('http').createServer((_, r) => r.end('ok')).listen(${port}, '${HOST}')`

const running = (server: Server, preferred?: number): RunningServer => {
  const nothing = (): never => {
    throw new Error('not for a small server')
  }
  const ports = preferred === undefined ? {} : { twilio: preferred }
  return new RunningServer(server, { run, guard, startFailed: new Promise<never>(() => undefined), env: {}, java: nothing, jars: nothing, sustainedLoad: false, preferred: ports, onProgress: (line) => lines.push(line) })
}

it('reports one line when it is ready: name, product, address, seconds', async () => {
  const port = await freePort()
  releasePorts([port])
  const one = running(small(serve), port)
  await one.bringUp()
  expect(lines).toEqual([expect.stringMatching(`^twilio: A small server on 127\\.0\\.0\\.1:${port} \\(\\d+\\.\\d s\\)$`)])
  expect(one.env).toEqual({ PORT: String(port) })
})

it('is an error with the end of its log when it ends while starting', async () => {
  const one = running(small(() => `for (let i = 1; i <= 50; i++) console.log('line ' + i); console.error('no disk'); process.exit(4)`))
  const failed = one.bringUp()
  await expect(failed).rejects.toMatchObject({ code: 'SERVER_FAILED' })
  await expect(failed).rejects.toThrow(/^twilio \(A small server\) ended with exit code 4 while starting\.[^]* line 50\n {2}no disk$/)
  await expect(failed).rejects.not.toThrow(/line 20\n/)
})

it('moves to another port when somebody takes the one it was given before it does', async () => {
  const taker = createServer()
  onTestFinished(() => {
    taker.close()
  })
  let first: number | undefined
  const one = running({
    ...small(serve),
    async prepare(context) {
      first = context.port('twilio')
      await once(taker.listen(first, HOST), 'listening')
    },
  })
  await one.bringUp()
  expect(first).toBeDefined()
  expect(one.env.PORT).not.toBe(String(first))
})

it('comes back on its port after a kill, as soon as what it needs is released', async () => {
  const one = running(small(serve))
  await one.bringUp()
  const port = Number(one.env.PORT)
  await one.kill('SIGKILL')
  await expect(answers(`http://${HOST}:${port}/`)).rejects.toThrow()

  const late = createServer().listen(port, HOST)
  await once(late, 'listening')
  const back = one.start()
  setTimeout(() => late.close(), 400)
  await back
  expect(Number(one.env.PORT)).toBe(port)
  expect(await answers(`http://${HOST}:${port}/`)).toBe(true)
  expect(lines).toHaveLength(1)
})

it('says when it ends and nobody asked it to', async () => {
  const one = running(small((port) => `${serve(port)}; setTimeout(() => { console.error('out of memory'); process.exit(9) }, 300)`))
  await one.bringUp()
  await expect.poll(() => lines, { timeout: 10_000 }).toContainEqual(expect.stringMatching(/^twilio: ended unexpectedly with exit code 9\.[^]*out of memory$/))
})

it('can be frozen and continued without waiting for its end', async () => {
  const one = running(small(serve))
  await one.bringUp()
  await one.kill('SIGSTOP')
  // The signal is on its way when it is sent.
  await vi.waitFor(() => expect(answers(`http://${HOST}:${one.env.PORT}`)).rejects.toThrow(/timeout/), { timeout: 20_000 })
  await one.kill('SIGCONT')
  expect(await answers(`http://${HOST}:${one.env.PORT}`)).toBe(true)
  await one.stop()
})
