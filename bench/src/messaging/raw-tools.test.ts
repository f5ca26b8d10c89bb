import { describe, expect, it } from 'vitest'
import { consumerRate, inSeries, producerRate } from './raw-tools.js'

const produced = `100000 records sent, 99999.9 records/sec (19.07 MB/sec), 3.1 ms avg latency, 9.0 ms max latency.
1000000 records sent, 231481.481481 records/sec (44.15 MB/sec), 590.12 ms avg latency, 800.00 ms max latency, 600 ms 50th, 700 ms 95th, 750 ms 99th, 790 ms 99.9th.
`
const consumed = `start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec
2026-01-31 12:00:00:000, 2026-01-31 12:00:02:000, 190.7349, 95.3674, 1000000, 500000.0000, 800, 1200, 158.9457, 833333.3333
`

describe("rates of Kafka's own tools", () => {
  it('are the last one that the producer says, and that of fetching', () => {
    expect(producerRate(produced)).toBeCloseTo(231_481.48)
    expect(consumerRate(consumed)).toBeCloseTo(833_333.33)
  })

  it('in series take the time of both', () => {
    expect(inSeries({ producedPerSecond: 200_000, consumedPerSecond: 800_000 })).toBeCloseTo(160_000)
  })

  it('are refused where there are none', () => {
    expect(() => producerRate('usage')).toThrow('said no rate')
    expect(() => consumerRate('usage')).toThrow('said no rate')
  })
})
