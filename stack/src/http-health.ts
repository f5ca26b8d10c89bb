/** Whether a GET of this address is answered with success within two seconds. Rejects when there is no answer. */
export async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) })
  // Read to the end, so that the connection is free again.
  await response.arrayBuffer()
  return response.ok
}
