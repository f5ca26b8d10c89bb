/**
 * Runs works until the signal, or until one of them fails: half of what belongs together is none.
 *
 * @param works each gets a signal that is aborted when the given one is, or when another has failed
 * @returns what they gave, in their order
 * @throws what the first of them in that order failed with, when all have ended
 */
export async function together<T extends readonly unknown[]>(signal: AbortSignal, works: { readonly [I in keyof T]: (signal: AbortSignal) => Promise<T[I]> }): Promise<T> {
  const failing = new AbortController()
  const both = AbortSignal.any([signal, failing.signal])
  const ended = await Promise.allSettled(
    works.map(async (work) => {
      try {
        return await work(both)
      } catch (error) {
        failing.abort(error)
        throw error
      }
    }),
  )
  return ended.map((one) => {
    if (one.status === 'rejected') throw one.reason
    return one.value
  }) as unknown as T
}
