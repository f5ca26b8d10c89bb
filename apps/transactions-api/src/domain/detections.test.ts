import { describe, expect, it } from 'vitest'
import { type ConfirmedFraud, detectionsOf } from './detections.js'

const days = (count: number): number => count * 86_400
/** A fraud of a card: its id, its event time in seconds, the rules that fired on it, each `rule` live or `(rule)` shadow. */
const fraud = (transactionId: string, at: number, fired = '', cardId = 'c'): ConfirmedFraud => ({
  transactionId,
  cardId,
  occurredAt: at * 1_000,
  rules: fired.split(' ').filter(Boolean).map((word) => (word.startsWith('(') ? { rule: word.slice(1, -1), mode: 'shadow' as const } : { rule: word, mode: 'live' as const })),
})
const [week, almostAWeek] = [days(7), days(7) - 0.001]

describe('the time a rule took to find an episode of fraud', () => {
  it.each<[string, ConfirmedFraud[], string[], string[]]>([
    ['is 0 where it fired on the first fraud', [fraud('1', 100, 'a')], ['1'], ['live a 0']],
    ['is that to the first one it fired on', [fraud('1', 100), fraud('2', 160, 'a'), fraud('3', 400, 'a')], ['1', '2', '3'], ['live a 60']],
    ['goes by event time, whatever the order', [fraud('3', 400, 'a'), fraud('2', 160, 'a'), fraud('1', 100)], ['2', '3'], ['live a 60']],
    ['is each rule\'s own', [fraud('1', 100, 'a'), fraud('2', 160, 'a b (c)')], ['1', '2'], ['live a 0', 'live b 60', 'shadow c 60']],
    ['is told for each mode of a rule that was promoted', [fraud('1', 100, '(a)'), fraud('2', 160, 'a')], ['1', '2'], ['shadow a 0', 'live a 60']],
    ['is nothing where no rule fired', [fraud('1', 100)], ['1'], []],
    ['is not told again by a later fraud', [fraud('1', 100, 'a'), fraud('2', 160, 'a')], ['2'], []],
    ['is not told again by an earlier fraud that is confirmed later', [fraud('1', 100, 'a'), fraud('2', 160, 'a')], ['1'], []],
    ['is not told again when others find it', [fraud('1', 100, 'a'), fraud('2', 160, 'a b')], ['2'], ['live b 60']],
    ['goes back to where a chain of frauds began', [fraud('1', 0), fraud('2', days(6)), fraud('3', days(12), 'a')], ['3'], [`live a ${days(12)}`]],
    ['goes back over less than seven days', [fraud('1', 0), fraud('2', almostAWeek, 'a')], ['2'], [`live a ${almostAWeek}`]],
    ['begins anew after seven days without a fraud', [fraud('1', 0, 'a'), fraud('2', week, 'a')], ['2'], ['live a 0']],
    ['is each card\'s own', [fraud('1', 0, 'a', 'c'), fraud('2', 60, 'a', 'd')], ['2'], ['live a 0']],
    ['is told for every card', [fraud('1', 0, 'a', 'c'), fraud('2', 60, 'a', 'd')], ['1', '2'], ['live a 0', 'live a 0']],
    ['is nothing without frauds', [], ['1'], []],
  ])('%s', (_, frauds, confirmedNow, detections) => {
    expect(detectionsOf(frauds, new Set(confirmedNow)).map(({ rule, mode, seconds }) => `${mode} ${rule} ${seconds}`)).toEqual(detections)
  })
})
