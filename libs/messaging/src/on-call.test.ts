import { describe, expect, it } from 'vitest'
import { OnCall } from './on-call.js'

const minute = 60_000
const counts = (events: readonly { readonly value: unknown }[]) => events.map(({ value }) => [(value as { subject: string }).subject, (value as { count: number }).count])

describe('the people on call', () => {
  it('hear of each subject at once, and then every ten minutes with how often it happened', () => {
    const onCall = new OnCall('DOOR_OPEN', { service: 'house', severity: 'warning' })
    expect(onCall.tell({ subject: 'front', summary: 'It is open.' }, 1, 0)[0]?.value).toMatchObject({ code: 'DOOR_OPEN', service: 'house', severity: 'warning', subject: 'front', summary: 'It is open.', count: 1, raised_at: 0 })
    expect(onCall.tell({ subject: 'front', summary: 'It is open.' }, 3, minute)).toEqual([])
    expect(counts(onCall.tell({ subject: 'back', summary: 'It is open.' }, 2, minute))).toEqual([['back', 2]])
    expect(counts(onCall.tell({ subject: 'front', summary: 'It is open.' }, 1, 10 * minute))).toEqual([['front', 4]])
  })

  it('hear the last of it as well, when nothing more happens', () => {
    const onCall = new OnCall('DOOR_OPEN', { service: 'house', severity: 'warning' })
    onCall.tell({ subject: 'front', summary: 'It is open.' }, 1, 0)
    onCall.tell({ subject: 'front', summary: 'It is open.' }, 5, minute)
    expect(onCall.due(9 * minute)).toEqual([])
    expect(counts(onCall.due(10 * minute))).toEqual([['front', 5]])
    expect(onCall.due(30 * minute)).toEqual([])
    onCall.tell({ subject: 'front', summary: 'It is open.' }, 2, 11 * minute)
    expect(counts(onCall.rest(12 * minute))).toEqual([['front', 2]])
    expect(onCall.rest(13 * minute)).toEqual([])
  })
})
