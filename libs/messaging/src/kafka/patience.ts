/**
 * Waits for work, but not for ever: gives true when it has ended, false after `ms` milliseconds, when it goes on by
 * itself and nobody cares how it ends.
 *
 * @throws what the work throws within that time
 */
export async function endedWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, ms, false)
  })
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
