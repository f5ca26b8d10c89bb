import { beforeEach, describe, expect, it } from 'vitest'
import { GroupCommit } from './group-commit.js'

/** What was asked of the database, each with the way to answer it. */
let writes: { readonly items: readonly string[]; readonly commit: () => void; readonly fail: (error: Error) => void }[]
const ofItems = new Error('value out of range')
let commits: GroupCommit<string, string>

const turn = () => new Promise<void>((resolve) => void setImmediate(resolve))
const answered = async (write: (typeof writes)[number] | undefined, error?: Error) => {
  if (error) write?.fail(error)
  else write?.commit()
  await turn()
  await turn()
}

beforeEach(() => {
  writes = []
  commits = new GroupCommit(
    (items) =>
      new Promise<string[]>((resolve, reject) => {
        writes.push({ items, commit: () => resolve(items.map((item) => `${item} done`)), fail: reject })
      }),
    (error) => error === ofItems,
    { size: 3, inFlight: 1, waiting: 5 },
  )
})

describe('a group commit', () => {
  it('writes an item that comes alone at once: it waits for no company', async () => {
    const one = commits.add('a')
    await turn()
    expect(writes.map(({ items }) => items)).toEqual([['a']])
    await answered(writes[0])
    await expect(one).resolves.toBe('a done')
  })

  it('lets items that come while one is written share the next write, in their order, up to its size', async () => {
    const first = commits.add('a')
    await turn()
    const others = ['b', 'c', 'd', 'e'].map((item) => commits.add(item))
    await turn()
    expect(writes).toHaveLength(1)
    await answered(writes[0])
    await first
    expect(writes[1]?.items).toEqual(['b', 'c', 'd'])
    await answered(writes[1])
    expect(writes[2]?.items).toEqual(['e'])
    await answered(writes[2])
    await expect(Promise.all(others)).resolves.toEqual(['b done', 'c done', 'd done', 'e done'])
  })

  it('makes a group of what comes in one turn of the event loop', async () => {
    const all = ['a', 'b', 'c'].map((item) => commits.add(item))
    await turn()
    expect(writes.map(({ items }) => items)).toEqual([['a', 'b', 'c']])
    await answered(writes[0])
    await Promise.all(all)
  })

  it('writes the items of a group one by one when one of them breaks it: it alone fails', async () => {
    const all = Promise.allSettled(['a', 'bad', 'c'].map((item) => commits.add(item)))
    await turn()
    await answered(writes[0], ofItems)
    await answered(writes[1])
    await answered(writes[2], ofItems)
    await answered(writes[3])
    expect(writes.map(({ items }) => items)).toEqual([['a', 'bad', 'c'], ['a'], ['bad'], ['c']])
    expect((await all).map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  })

  it('does not write again what the database may have committed: all fail when it goes away', async () => {
    const lost = new Error('Connection terminated')
    const all = Promise.allSettled([commits.add('a'), commits.add('b')])
    await turn()
    await answered(writes[0], lost)
    expect((await all).map((each) => each.status === 'rejected' && each.reason)).toEqual([lost, lost])
    expect(writes).toHaveLength(1)
    const next = commits.add('c')
    await turn()
    await answered(writes[1])
    await expect(next).resolves.toBe('c done')
  })

  it('says when it is full, and takes items again when it is not', async () => {
    const first = commits.add('a')
    await turn()
    const others = ['b', 'c', 'd', 'e', 'f'].map((item) => commits.add(item))
    expect(commits.isFull).toBe(true)
    await answered(writes[0])
    expect(commits.isFull).toBe(false)
    await answered(writes[1])
    await answered(writes[2])
    await Promise.all([first, ...others])
  })

  it('writes as many groups at a time as it may', async () => {
    const two = new GroupCommit((items: readonly string[]) => new Promise<string[]>((resolve) => writes.push({ items, commit: () => resolve([...items]), fail: () => undefined })), () => false, {
      size: 3, inFlight: 2, waiting: 5,
    })
    const all = [two.add('a')]
    await turn()
    all.push(two.add('b'))
    await turn()
    all.push(two.add('c'))
    await turn()
    expect(writes.map(({ items }) => items)).toEqual([['a'], ['b']])
    await answered(writes[1])
    expect(writes[2]?.items).toEqual(['c'])
    for (const write of writes) write.commit()
    await Promise.all(all)
  })
})

describe('a group commit of items that are about something', () => {
  beforeEach(() => {
    commits = new GroupCommit(
      (items) =>
        new Promise<string[]>((resolve, reject) => {
          writes.push({ items, commit: () => resolve(items.map((item) => `${item} done`)), fail: reject })
        }),
      (error) => error === ofItems,
      { size: 3, inFlight: 2, waiting: 50 },
      (item) => item.slice(0, 1),
    )
  })
  const items = () => writes.map((write) => write.items)

  it('writes no item while another about the same is being written, and lets the others go ahead', async () => {
    const first = ['a1', 'b1'].map((item) => commits.add(item))
    await turn()
    const others = ['a2', 'c1', 'a3', 'b2', 'd1'].map((item) => commits.add(item))
    await turn()
    expect(items()).toEqual([['a1', 'b1'], ['c1', 'd1']])
    await answered(writes[0])
    expect(items()).toEqual([['a1', 'b1'], ['c1', 'd1'], ['a2', 'a3', 'b2']])
    await answered(writes[1])
    await answered(writes[2])
    await Promise.all([...first, ...others])
  })

  it('writes those about one thing together, in their order, and one group of them at a time', async () => {
    const all = ['a1', 'a2', 'a3', 'a4', 'a5'].map((item) => commits.add(item))
    await turn()
    await turn()
    expect(items()).toEqual([['a1', 'a2', 'a3']])
    await answered(writes[0])
    expect(items()).toEqual([['a1', 'a2', 'a3'], ['a4', 'a5']])
    await answered(writes[1])
    await Promise.all(all)
  })

  it('goes on with those that waited when a write fails', async () => {
    const first = commits.add('a1')
    await turn()
    const second = commits.add('a2')
    await turn()
    expect(items()).toEqual([['a1']])
    await Promise.all([expect(first).rejects.toThrow('connection lost'), answered(writes[0], new Error('connection lost'))])
    expect(items()).toEqual([['a1'], ['a2']])
    await answered(writes[1])
    await expect(second).resolves.toBe('a2 done')
  })
})
