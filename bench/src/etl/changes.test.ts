import { describe, expect, it } from 'vitest'
import { changeOf } from './changes.js'

const rows = { movements: 10_000, notices: 1_000 }
const changes = Array.from({ length: 2_000 }, (_, i) => changeOf(i + 1, rows))
const idsOf = (...kinds: string[]) => changes.filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id)

describe('changes of the source', () => {
  it('are twelve updates to five inserts, two marks and one delete', () => {
    expect(Object.fromEntries(['update', 'insert', 'mark', 'delete'].map((kind) => [kind, idsOf(kind).length]))).toEqual({ update: 1_200, insert: 500, mark: 200, delete: 100 })
  })

  it('are of rows that are there, or were not yet', () => {
    expect(idsOf('update').every((id) => id >= 1 && id <= 5_000)).toBe(true)
    expect(idsOf('mark').every((id) => id > 5_000 && id <= 10_000)).toBe(true)
    expect(idsOf('insert').every((id) => id > 10_000)).toBe(true)
    expect(idsOf('delete').every((id) => id >= 1 && id <= 1_000)).toBe(true)
  })

  it('insert and remove a row once', () => {
    for (const kind of ['insert', 'mark', 'delete']) expect(new Set(idsOf(kind)).size).toBe(idsOf(kind).length)
  })

  it('end where there is no row left', () => {
    expect(() => changeOf(10_012, { movements: 10_000, notices: 500 })).toThrow('no row is left')
  })
})
