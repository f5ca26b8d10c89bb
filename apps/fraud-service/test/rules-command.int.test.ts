import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fraudRules } from '@swipestream/contracts'
import { type TestBackbone, testBackbone } from '@swipestream/messaging/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { rules } from '../src/cli/rules/rules-command.fixture.js'
import { exampleDraft } from '../src/domain/rule-set/example-rule.js'

const shipped = join(import.meta.dirname, '../../../deploy/rules')
const shippedIds = readdirSync(shipped).sort().map((file) => basename(file, '.json'))

let backbone: TestBackbone

beforeAll(async () => {
  backbone = await testBackbone()
})
afterAll(() => backbone.close())
beforeEach(() => {
  for (const [name, value] of Object.entries(backbone.env)) vi.stubEnv(name, value)
})
afterEach(() => void vi.unstubAllEnvs())

/** A folder of the test's own. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'rules-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

function draftFile(changes: Parameters<typeof exampleDraft>[0]): string {
  const draft = exampleDraft(changes)
  const path = join(folder(), `${draft.rule_id}.json`)
  writeFileSync(path, JSON.stringify(draft))
  return path
}

const standing = async (id: string) => (await backbone.held(fraudRules)).get(id)

describe('npm run rules, with the shipped rules', () => {
  it('puts the folder; again, it makes no version of any', async () => {
    const first = await rules('put', shipped, '--by', 'ada', '--json')
    expect(first).toMatchObject({ code: 0, last: { command: 'put', dryRun: false, written: shippedIds.length, broken: [] } })
    expect(first.last?.rules?.map(({ rule_id, outcome, version }) => [rule_id, outcome, version]))
      .toEqual(shippedIds.map((id) => [id, 'new', 1]))
    expect([...(await backbone.held(fraudRules)).keys()].sort()).toEqual(shippedIds)

    const again = await rules('put', shipped)
    expect(again.code).toBe(0)
    expect(again.out).toEqual([...shippedIds.map((id) => `same     ${id}: stays version 1`), `0 of ${shippedIds.length} written`])
    expect(await backbone.records(fraudRules)).toHaveLength(shippedIds.length)
  })

  it('leaves what is there as it is, when only new ones are wanted', async () => {
    const file = draftFile({ rule_id: 'velocity', expression: 'card.count_1m >= 9.0' })
    const another = draftFile({ rule_id: 'brand_new', mode: 'off' })
    const { code, last } = await rules('put', file, another, '--new-only', '--by', 'ada', '--json')
    expect({ code, last }).toMatchObject({
      code: 0, last: { written: 1, rules: [{ rule_id: 'velocity', outcome: 'kept', version: 1 }, { rule_id: 'brand_new', outcome: 'new', version: 1 }] },
    })
    expect((await standing('velocity'))?.expression).toBe('card.count_1m >= 3 || card.count_1h >= 12')
  })

  it('lists and shows them', async () => {
    const listed = await rules('list', '--json')
    expect(listed).toMatchObject({ code: 0, last: { command: 'list', broken: [] } })
    expect(listed.last?.rules?.map(({ rule_id }) => rule_id)).toEqual([...shippedIds, 'brand_new'].sort())
    expect((await rules('list')).out[0]).toMatch(/^RULE +VERSION +MODE/)
    expect((await rules('show', 'velocity')).out).toEqual(expect.arrayContaining(['  expression  card.count_1m >= 3 || card.count_1h >= 12']))
    expect(await rules('show', 'velocty')).toMatchObject({ code: 1, err: [expect.stringMatching(/^FRAUD_RULE_UNKNOWN: there is no rule velocty/)] })
  })

  it('changes one, brings it back, and tells its history', async () => {
    const own = folder()
    copyFileSync(join(shipped, 'velocity.json'), join(own, 'velocity.json'))
    writeFileSync(join(own, 'velocity.json'), readFileSync(join(own, 'velocity.json'), 'utf8').replace('"weight": 400', '"weight": 450'))
    const changed = await rules('put', own, '--by', 'grace', '--comment', 'Two were not enough.', '--expect', '1')
    expect(changed).toMatchObject({ code: 0, out: ['changed  velocity: version 2 (weight 400 → 450)', '1 of 1 written'] })
    expect(await standing('velocity')).toMatchObject({ version: 2, weight: 450, created_by: 'grace', comment: 'Two were not enough.' })

    const back = await rules('rollback', 'velocity', '--to', '1', '--by', 'ada', '--comment', 'They were.')
    expect(back).toMatchObject({ code: 0, out: ['velocity is again as in version 1, as version 3'] })
    expect(await rules('history', 'velocity', '--json')).toMatchObject({
      code: 0,
      last: {
        rule_id: 'velocity', broken: [],
        versions: [{ version: 3, weight: 400, created_by: 'ada', comment: 'They were.' }, { version: 2, weight: 450, created_by: 'grace' }, { version: 1, weight: 400 }],
      },
    })
  })
})

describe('npm run rules -- put', () => {
  it('says what it would do, and writes nothing, by --dry-run', async () => {
    const path = draftFile({ rule_id: 'dry' })
    expect(await rules('put', path, '--dry-run')).toMatchObject({ code: 0, out: ['new      dry: would be version 1', 'nothing was written: this was a dry run'] })
    expect(await standing('dry')).toBeUndefined()
  })

  it('writes nothing at all when one of the files is wrong', async () => {
    const [good, bad] = [draftFile({ rule_id: 'good' }), draftFile({ rule_id: 'bad', reason: '{tx.amount' })]
    const { code, last } = await rules('put', good, bad, '--json')
    expect(code).toBe(1)
    expect(last).toMatchObject({ written: 0, broken: [{ rule: 'FRAUD_RULE_SYNTAX', file: bad, field: 'reason', line: 1, column: 1 }] })
    expect(await standing('good')).toBeUndefined()
  })

  it('refuses a change of another version than expected', async () => {
    await rules('put', draftFile({ rule_id: 'expected' }))
    const refused = await rules('put', draftFile({ rule_id: 'expected', weight: 5 }), '--expect', '0', '--json')
    expect(refused).toMatchObject({ code: 1, last: { command: 'put', broken: [{ rule: 'FRAUD_RULE_CONFLICT', message: expect.stringContaining('is at version 1, it was to be new') }] } })
    expect((await standing('expected'))?.version).toBe(1)
  })
})

describe('npm run rules -- promote', () => {
  it('brings a rule from off to shadow to live, and no further', async () => {
    await rules('put', draftFile({ rule_id: 'step', mode: 'off' }))
    expect(await rules('promote', 'step')).toMatchObject({ code: 0, out: ['step is shadow as version 2, was off'] })
    expect(await rules('promote', 'step', '--expect', '2', '--json')).toMatchObject({ code: 0, last: { rule: { mode: 'live', version: 3 }, versionBefore: 2, changed: true, broken: [] } })
    expect(await rules('promote', 'step')).toMatchObject({ code: 1, err: [expect.stringContaining('FRAUD_RULE_NOT_PROMOTABLE')] })
  })
})
