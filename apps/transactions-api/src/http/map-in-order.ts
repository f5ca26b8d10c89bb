import { toError } from '@swipestream/platform'

/**
 * What comes of each item, in the order of the items and as soon as it is known. Up to `limit` are worked on at a time;
 * no further item is asked for as long as so many results wait to be taken, so a slow reader slows the source.
 *
 * @param work must not reject
 * @param end when it is aborted no more items are asked for; what is in hand is finished
 * @throws what the source throws, at once; what is in hand goes on by itself
 */
export async function* mapInOrder<T, R>(items: AsyncIterable<T>, limit: number, work: (item: T) => Promise<R>, end: AbortSignal): AsyncGenerator<R> {
  const iterator = items[Symbol.asyncIterator]()
  const inHand: Promise<R>[] = []
  let interrupt = (): void => undefined
  const read = (): Promise<IteratorResult<T>> | undefined => {
    if (end.aborted) return undefined
    const reading = new Promise<IteratorResult<T>>((resolve, reject) => {
      interrupt = () => resolve({ done: true, value: undefined })
      iterator.next().then(resolve, (error: unknown) => reject(toError(error)))
    })
    // It is told when it is waited for, if it still is.
    reading.catch(() => undefined)
    return reading
  }
  const onEnd = (): void => interrupt()
  end.addEventListener('abort', onEnd)
  try {
    let reading = read()
    for (;;) {
      // Also what was read and not begun.
      if (end.aborted) reading = undefined
      const first = inHand[0]
      if (first === undefined && reading === undefined) return
      if (first !== undefined && (reading === undefined || inHand.length >= limit || (await firstOf(first, reading)) === 'result')) {
        inHand.shift()
        yield await first
        continue
      }
      const next: IteratorResult<T> | undefined = await reading
      if (next === undefined || next.done === true) reading = undefined
      else {
        inHand.push(work(next.value))
        reading = read()
      }
    }
  } finally {
    end.removeEventListener('abort', onEnd)
  }
}

function firstOf(result: Promise<unknown>, item: Promise<unknown>): Promise<'result' | 'item'> {
  return Promise.race([result.then(() => 'result' as const), item.then(() => 'item' as const)])
}
