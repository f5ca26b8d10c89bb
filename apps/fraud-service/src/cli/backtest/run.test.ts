import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { RuleDraft } from '../../domain/rule-set/fraud-rule.js'
import { exampleDraft } from '../../domain/rule-set/example-rule.js'
import { type Ran, ran } from '@swipestream/messaging/testing'
import { run } from './run.js'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'backtest-'))
  vi.stubEnv('KAFKA_BROKERS', '')
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  vi.unstubAllEnvs()
})

const backtest = (...args: readonly string[]): Promise<Ran<Record<string, unknown>>> => ran((output) => run(args, output))

function file(name: string, content: string): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

function rules(name: string, ...drafts: Partial<RuleDraft>[]): string {
  mkdirSync(join(folder, name))
  for (const draft of drafts.map(exampleDraft)) file(`${name}/${draft.rule_id}.json`, JSON.stringify(draft))
  return join(folder, name)
}

const big = { rule_id: 'big', expression: 'tx.amount > 100.0', reason: '{tx.amount} is much.', weight: 500 }
const huge = { rule_id: 'huge', expression: 'tx.amount > 500.0', reason: '{tx.amount} is more.', weight: 400 }
const header = 'transaction_id,occurred_at,customer_id,terminal_id,amount,is_fraud\n'
const table = (): string => file('table.csv', `${header}t1,2018-04-01T10:00:00Z,a,x,20.00,0
t2,2018-04-01T11:00:00Z,a,x,40.00,1
t3,2018-04-01T12:00:00Z,a,y,200.00,1
t4,2018-04-02T09:00:00Z,b,y,150.00,0
t5,2018-04-02T10:00:00Z,b,y,1600.00,1
`)

describe('npm run backtest', () => {
  it('tells how it is used', async () => {
    const { code, out } = await backtest('--help')
    expect(code).toBe(0)
    expect(out.join('\n')).toMatch(/--input FILE[^]*--candidate DIR[^]*--export-features FILE[^]*Exit code/)
  })

  it('prints figures by rule, and where a candidate differs', async () => {
    const { code, out, err } = await backtest('--input', table(), '--rules', rules('live', big, huge), '--candidate', rules('next', { ...big, weight: 300 }, { ...huge, rule_id: 'huger' }))
    expect({ code, err }).toEqual({ code: 0, err: [] })
    expect(out.map((line) => line.replaceAll(folder, '')).slice(0, -1)).toEqual(`5 transactions of 2018-04-01..2018-04-02 (2 days), 5 labelled, 3 frauds in 2 episodes

live: /live
RULE               MODE  FIRED  FRAUDS   PREC  RECALL  A DAY  FOUND  MEDIAN    P90
big                live      3       2  0.667   0.667    1.5  1.000       0  1.0 h
huge               live      1       1  1.000   0.333    0.5  0.500       0      0
review or decline            3       2  0.667   0.667    1.5  1.000       0  1.0 h
approve 2, review 2, decline 1; AUC ROC 0.667, average precision 0.756

candidate: /next
RULE               MODE  FIRED  FRAUDS   PREC  RECALL  A DAY  FOUND  MEDIAN    P90
big                live      3       2  0.667   0.667    1.5  1.000       0  1.0 h
huger              live      1       1  1.000   0.333    0.5  0.500       0      0
review or decline            1       1  1.000   0.333    0.5  0.500       0      0
approve 4, review 1, decline 0; AUC ROC 0.667, average precision 0.756

candidate against live
added    huger
removed  huge
changed  big (weight 500 → 300)
               candidate: approve  candidate: review  candidate: decline
live: approve                   2                  0                   0
live: review                    2                  0                   0
live: decline                   0                  1                   0
frauds lost: the candidate approves them: 1
  t3  2018-04-01T12:00:00Z  EUR 200.00  fraud
    live: 500, review
      EUR 200.00 is much.
    candidate: 300, approve
      EUR 200.00 is much.
legitimate ones released: 1
  t4  2018-04-02T09:00:00Z  EUR 150.00  legitimate
    live: 500, review
      EUR 150.00 is much.
    candidate: 300, approve
      EUR 150.00 is much.
lowered from decline to review: 1
  t5  2018-04-02T10:00:00Z  EUR 1,600.00  fraud
    live: 900, decline
      EUR 1,600.00 is much.
      EUR 1,600.00 is more.
    candidate: 700, review
      EUR 1,600.00 is more.
      EUR 1,600.00 is much.
`.split('\n'))
    expect(out.at(-1)).toMatch(/^5 transactions read in [\d.]+ s, [\d,]+\/s$/)
  })

  it('prints one object as the last line with --json, and everything else to standard error', async () => {
    const { code, out, err, last } = await backtest('--input', table(), '--rules', rules('live', big), '--from', '2018-04-02', '--to', '2018-04-02', '--json')
    expect([code, out.length, err[0]]).toEqual([0, 1, '2 transactions of 2018-04-02..2018-04-02 (1 day), 2 labelled, 1 fraud in 1 episode'])
    expect(last).toEqual({
      command: 'backtest', source: { input: join(folder, 'table.csv') }, model: null, from: '2018-04-02', to: '2018-04-02',
      transactions: { read: 5, reported: 2, duplicates: 0, refused: 0, behind: 0, unscored: 0 },
      labels: { frauds: 1, legitimate: 1, unlabelled: 0 }, first: Date.UTC(2018, 3, 2, 9), last: Date.UTC(2018, 3, 2, 10), days: 1,
      orders: { in_order: 2, late: 0, too_late: 0, ahead: 0 }, episodes: 1,
      live: {
        path: join(folder, 'live'), outcomes: { approve: 0, review: 2, decline: 0 }, auc: 0.5, averagePrecision: 0.5,
        alerts: { fired: 2, frauds: 1, legitimate: 1, precision: 0.5, recall: 1, perDay: 2, timeToDetect: { detected: 1, share: 1, medianSeconds: 0, p90Seconds: 0 } },
        rules: [{
          rule_id: 'big', mode: 'live', weight: 500, fired: 2, frauds: 1, legitimate: 1, precision: 0.5, recall: 1, perDay: 2,
          timeToDetect: { detected: 1, share: 1, medianSeconds: 0, p90Seconds: 0 }, failed: 0, failure: null,
        }],
      },
      candidate: null, difference: null, features: null, refused: [], notes: [], seconds: expect.any(Number), transactionsPerSecond: expect.any(Number), broken: [],
    })
  })

  it('says when nothing is labelled, and shows rules that fail', async () => {
    const fails = { rule_id: 'fails', expression: '1.0 / (tx.amount - 20.0) > 9.0', reason: 'x', mode: 'shadow' as const }
    const { code, out } = await backtest('--input', file('t.csv', `${header.replace(',is_fraud', '')}t1,2018-04-01T10:00:00Z,a,x,20.00\n`), '--rules', rules('live', fails))
    expect([code, out[0]]).toEqual([0, '1 transaction of 2018-04-01..2018-04-01 (1 day), none labelled'])
    expect(out).toEqual(expect.arrayContaining([
      'fails              shadow      0       -     -       -    0.0      -       -    -',
      expect.stringMatching(/^fails failed 1 time: .*division/i),
      'no transaction is labelled: precision, recall and time to detect are not known',
      `${join(folder, 'live')} has no live rule: it approves everything`,
    ]))
  })

  it('tells rows that are none, goes on, and ends with 1', async () => {
    const rows = file('t.csv', `${header}t1,2018-04-01T10:00:00Z,a,x,twenty,0\nt2,2018-04-01T11:00:00Z,a,x,200.00,1\n`)
    const { code, last } = await backtest('--input', rows, '--rules', rules('live', big), '--json')
    expect({ code, last }).toMatchObject({
      code: 1,
      last: {
        transactions: { read: 1, refused: 1 }, live: { alerts: { fired: 1 } }, refused: [`${rows}:2: amount: "twenty" is not an amount with a decimal point and at most 2 decimals`],
        broken: [{ rule: 'BACKTEST_ROWS_REFUSED', message: 'left out: 1 row that cannot be read as a transaction' }],
      },
    })
  })

  it('tells a file that is in no order of time, and ends with 1', async () => {
    const rows = file('t.csv', `${header}t1,2018-04-03T10:00:00Z,a,x,20.00,0\nt2,2018-04-01T11:00:00Z,b,x,200.00,1\n`)
    const { code, last } = await backtest('--input', rows, '--rules', rules('live', big), '--json')
    expect({ code, last }).toMatchObject({ code: 1, last: { transactions: { reported: 2, behind: 1 }, broken: [{ rule: 'BACKTEST_OUT_OF_ORDER' }] } })
  })

  it('tells when there is nothing of these days', async () => {
    expect(await backtest('--input', table(), '--rules', rules('live', big), '--from', '2019-01-01', '--json')).toMatchObject({
      code: 1, last: { transactions: { read: 5, reported: 0 }, first: null, days: 0, broken: [{ rule: 'BACKTEST_EMPTY' }] },
    })
  })

  it('writes the features of labelled transactions', async () => {
    const out = join(folder, 'deep/features.csv.gz')
    const { last } = await backtest('--input', table(), '--rules', rules('live', big), '--from', '2018-04-02', '--export-features', out, '--json')
    const [first, ...lines] = gunzipSync(readFileSync(out)).toString('utf8').trimEnd().split('\n')
    expect(last).toMatchObject({ features: { file: out, rows: 2, columns: first?.split(',') } })
    expect(first).toMatch(/^occurred_at,is_fraud,amount_reference,card_count_7d,/)
    expect(lines.map((line) => line.split(',').slice(0, 3))).toEqual([['2018-04-02T09:00:00.000Z', '0', '150'], ['2018-04-02T10:00:00.000Z', '1', '1600']])
  })
})

describe('what is refused', () => {
  it.each([
    ['an unknown option', ['--frobnicate'], /--frobnicate/],
    ['no rules', ['--input', 'TABLE'], /--rules is missing/],
    ['two sources', ['--input', 'TABLE', '--topic', 't', '--rules', 'RULES'], /--input and --topic are two sources/],
    ['a file that is not there', ['--input', '/nowhere.csv', '--rules', 'RULES'], /--input \/nowhere.csv is not a file that is there/],
    ['a folder as file', ['--input', 'RULES', '--rules', 'RULES'], /is not a file that is there/],
    ['rules that are not there', ['--input', 'TABLE', '--rules', '/nowhere'], /\/nowhere is not there/],
    ['a folder without rules', ['--input', 'TABLE', '--rules', 'EMPTY'], /empty has no \*\.json/],
    ['a candidate without rules', ['--input', 'TABLE', '--rules', 'RULES', '--candidate', 'EMPTY'], /empty has no \*\.json/],
    ['days the wrong way round', ['--input', 'TABLE', '--rules', 'RULES', '--from', '2018-04-02', '--to', '2018-04-01'], /--to 2018-04-01 is before --from 2018-04-02/],
    ['a day that is none', ['--input', 'TABLE', '--rules', 'RULES', '--from', '2018-02-30'], /--from takes a day such as 2018-07-25, not 2018-02-30/],
    ['a delay that is none', ['--input', 'TABLE', '--rules', 'RULES', '--label-delay', '7'], /--label-delay takes a time such as 7d/],
    ['a delay of what has its own times', ['--topic', 't', '--rules', 'RULES', '--label-delay', '7d'], /--label-delay is for --input/],
    ['too many examples', ['--input', 'TABLE', '--rules', 'RULES', '--examples', '1001'], /--examples takes a whole number from 0 to 1000/],
    ['a word too many', ['TABLE', '--rules', 'RULES'], /backtest takes options only/],
    ['a model that is none', ['--input', 'TABLE', '--rules', 'RULES', '--model', 'EMPTY'], /--model is not valid: model.json cannot be read/],
    ['a folder to write to', ['--input', 'TABLE', '--rules', 'RULES', '--export-features', 'EMPTY'], /--export-features .* is a folder/],
    ['to overwrite what is read', ['--input', 'TABLE', '--rules', 'RULES', '--export-features', 'TABLE'], /--export-features would overwrite --input/],
    ['a topic of no cluster', ['--rules', 'RULES'], /KAFKA_BROKERS is missing/],
  ])('with exit code 2: %s', async (_, args, why) => {
    const paths: Readonly<Record<string, string>> = { TABLE: table(), RULES: rules('live', big), EMPTY: rules('empty') }
    const { code, err, out } = await backtest(...args.map((arg) => paths[arg] ?? arg))
    expect([code, out]).toEqual([2, []])
    expect(err.join('\n')).toMatch(why)
  })

  it('wrong rules, all of them at once with file, field and place', async () => {
    const live = rules('live', { ...big, expression: 'tx.amout > 100.0' })
    const next = rules('next', { ...huge, reason: '{tx.amount' }, big)
    const { code, last, err } = await backtest('--input', table(), '--rules', live, '--candidate', next, '--json')
    expect({ code, last }).toMatchObject({
      code: 1,
      last: {
        command: 'backtest',
        broken: [
          { file: join(live, 'big.json'), field: 'expression', line: 1, column: 1, suggestion: 'did you mean tx.amount?' },
          { file: join(next, 'huge.json'), field: 'reason', line: 1, column: 1 },
        ],
      },
    })
    expect(err.at(-1)).toBe('nothing was judged: 2 files must be mended first')
  })

  it.each([
    ['columns nobody knows', 'a,b,c\n', 'BACKTEST_COLUMNS_INVALID', 'the column transaction_id is missing'],
    ['nothing', '', 'BACKTEST_COLUMNS_INVALID', 'is empty'],
    ['a damaged gzip', '\u001F\u008Bnonsense', 'BACKTEST_INPUT_UNREADABLE', 'cannot be read'],
  ])('a file with %s', async (_, content, rule, message) => {
    const path = join(folder, 'x.csv')
    writeFileSync(path, content, 'latin1')
    const { code, last } = await backtest('--input', path, '--rules', rules('live', big), '--json')
    expect({ code, last }).toEqual({ code: 1, last: { command: 'backtest', broken: [{ rule, message: expect.stringContaining(message) as string }] } })
  })
})
