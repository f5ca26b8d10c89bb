/** A value that its column cannot hold. The message says why, without the value. */
export class BadValue extends Error {
  override readonly name = 'BadValue'
  /** Path of the column, such as `place.latitude`; empty while it is not known yet. */
  path: readonly string[] = []

  /** The same, seen from the record or list around it. */
  within(name: string): this {
    this.path = [name, ...this.path]
    return this
  }
}
