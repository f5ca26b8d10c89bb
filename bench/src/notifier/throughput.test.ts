import { describe, expect, it } from 'vitest'
import { eachOnce, summary, warmUpOf } from './throughput.js'

describe('throughput of the notifier bench', () => {
  it('sends a quarter more than it counts', () => {
    expect([warmUpOf(20_000), warmUpOf(3)]).toEqual([5_000, 1])
  })

  it('takes medians of the rounds', () => {
    const run = { perSecond: 10, cpuUsPerMessage: 1, serverCpuUsPerMessage: 2, rssMb: 100, bytesPerMessage: 3_000 }
    expect(summary([run, { ...run, perSecond: 30 }, { ...run, perSecond: 20, rssMb: 300 }])).toEqual({ ...run, perSecond: 20, rounds: [10, 30, 20] })
  })

  it('is none when a message came twice, or not at all', () => {
    const to = (...recipients: string[]) => recipients.map((recipient) => ({ recipient }))
    expect(() => eachOnce(to('a', 'b'), 2, 'x')).not.toThrow()
    expect(() => eachOnce(to('a'), 2, 'x')).toThrow('x sent 1 messages to 1 recipients where 2 were to be sent')
    expect(() => eachOnce(to('a', 'a'), 2, 'x')).toThrow('x sent 2 messages to 1 recipients')
    expect(() => eachOnce(to('a', 'b', 'a'), 2, 'x')).toThrow('x sent 3 messages to 2 recipients')
  })
})
