/** An entry as it stands in its file. */
export interface Standing {
  /** Machine, file and generation. */
  readonly file: string
  readonly offset: number
  readonly endOffset: number
}

interface FileState {
  /** Byte up to which the index has the file's entries. */
  end: number
  /** Whether the last entry that was looked up was not there: what comes after it is new. */
  passed: boolean
}

/** Files that are remembered; of one that was forgotten entries are looked up anew. */
const maxFiles = 10_000

/**
 * Tells which entries of one partition the index may already have, so that they must be looked up before they are
 * created. It is made when the partition is assigned, and knows nothing then.
 *
 * Who had the partition before went through it in the same order, in requests of up to so many records, of which the
 * last may have been done in part: after so many records in a row that are not in the index, the rest is new. And of a
 * file that was shipped again from a checkpoint, entries begin at a byte that the index has passed, or follow others
 * that were there.
 */
export class SeenBefore {
  private readonly files = new Map<string, FileState>()
  private absentInARow = 0

  /** @param mostAtOnce how many records a request holds at the most */
  constructor(private readonly mostAtOnce: number) {}

  /** Whether each entry may be in the index. */
  doubtful(entries: readonly Standing[]): boolean[] {
    const caughtUp = this.absentInARow >= this.mostAtOnce
    const ends = new Map<string, number>()
    return entries.map(({ file, offset, endOffset }) => {
      const state = this.files.get(file)
      const end = Math.max(ends.get(file) ?? 0, state?.end ?? 0)
      ends.set(file, Math.max(end, endOffset))
      return !caughtUp || state === undefined || !state.passed || offset < end
    })
  }

  /** The index has answered for all of the entries: it has them now; `wasThere` says which it had before. */
  answered(entries: readonly Standing[], wasThere: readonly boolean[]): void {
    entries.forEach(({ file, endOffset }, i) => {
      const there = wasThere[i] === true
      this.absentInARow = there ? 0 : this.absentInARow + 1
      const state = this.files.get(file) ?? { end: 0, passed: false }
      state.passed = !there
      state.end = Math.max(state.end, endOffset)
      // What was used last is at the end.
      this.files.delete(file)
      this.files.set(file, state)
    })
    for (const file of this.files.keys()) {
      if (this.files.size <= maxFiles) break
      this.files.delete(file)
    }
  }

  /** A request was not answered, or not for all of it: nobody knows what came of it. */
  unanswered(): void {
    this.absentInARow = 0
  }
}
