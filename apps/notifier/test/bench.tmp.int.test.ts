import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { cards, customers, fraudAlerts } from '@swipestream/contracts'
import { eventually, testBackbone, testDatabase } from '@swipestream/messaging/testing'
import { DataSource } from 'typeorm'
import { it } from 'vitest'
import { createTransport } from 'nodemailer'
import { alertFor, newHolder } from './notifier-under-test.js'
import { renderEmail } from '../src/domain/message.js'
it('bench', async () => {
  const N = Number(process.env['N'] ?? 5000), sms = process.env['SMS'] === '1'
  const sinkPort = 21525
  const sink = spawn(process.execPath, [fileURLToPath(new URL('./sink.tmp.mjs', import.meta.url)), String(sinkPort)], { stdio: 'inherit' })
  await new Promise((r) => setTimeout(r, 300))
  // raw
  const t = createTransport({ host: '127.0.0.1', port: sinkPort, pool: true, maxConnections: 10, maxMessages: 1e6 })
  const h0 = newHolder()
  const raw = async (n: number) => { const t0 = performance.now(); let i = 0; await Promise.all(Array.from({ length: 20 }, async () => { while (i++ < n) await t.sendMail({ from: 'a@x.example', to: 'b@x.example', ...renderEmail(alertFor(h0), { given_name: 'J', time_zone: 'Europe/Berlin' }) }) })); return (performance.now() - t0) / n }
  await raw(500); const perMail = await raw(3000); console.log('raw nodemailer', (1000 / perMail).toFixed(0), '/s')
  t.close()
  const backbone = await testBackbone(), { url, drop } = await testDatabase()
  const db = await new DataSource({ type: 'postgres', url }).initialize()
  const holders = Array.from({ length: 500 }, () => newHolder(sms ? {} : { phone: null }))
  await backbone.publish(holders.flatMap(({ customer, card }) => [customers.event(customer), cards.event(card)]))
  const env = { ...process.env, ...backbone.env, SMTP_URL: `smtp://127.0.0.1:${sinkPort}`, DATABASE_URL: url, LOG_LEVEL: 'error', HTTP_PORT: '21526' }
  const prof = process.env['HEAP'] ? [`--max-old-space-size=${process.env['HEAP']}`] : process.env['PROF'] ? ['--cpu-prof', '--cpu-prof-dir=/tmp/notifier/prof'] : []
  const child = spawn(process.execPath, [...prof, fileURLToPath(new URL('../dist/main.js', import.meta.url))], { env, stdio: 'inherit' })
  await eventually(async () => (await db.query('select count(*)::int c from cards'))[0].c === 500, { timeoutMs: 60000 })
  const run = async (n: number) => {
    const [{ c: before }] = await db.query(`select count(*)::int c from deliveries where status='sent'`)
    const alerts = Array.from({ length: n }, (_, i) => fraudAlerts.event(alertFor(holders[i % 500]!)))
    const t0 = Date.now()
    await backbone.publish(alerts)
    const tp = Date.now() - t0
    const want = before + n * (sms ? 2 : 1)
    let planned = 0
    await eventually(async () => { const [{ c, p }] = await db.query(`select count(*) filter (where status='sent')::int c, count(*)::int p from deliveries`); if (!planned && p >= want) planned = Date.now() - t0; return c >= want }, { timeoutMs: 120000, intervalMs: 100 })
    const ms = Date.now() - t0
    console.log(`${n} alerts: published ${tp} ms, planned ${planned} ms, sent ${ms} ms = ${(n / ms * 1000).toFixed(0)} alerts/s`)
  }
  await run(1000); await run(N); await run(N)
  const m = await (await fetch('http://127.0.0.1:21526/metrics')).text()
  console.log(m.split('\n').filter((l) => /process_cpu_seconds_total|process_resident|latency_seconds_(sum|count)|eventloop_lag_p99|nodejs_heap_size_used/.test(l) && !l.startsWith('#')).join('\n'))
  console.log(await db.query('select count(*) from outbox'))
  child.kill('SIGTERM'); await new Promise((r) => child.once('exit', r)); sink.kill()
  await db.destroy(); await backbone.close(); await drop()
}, 300000)
