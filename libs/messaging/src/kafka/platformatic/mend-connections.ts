import { Connection } from '@platformatic/kafka'

/**
 * A connection that a broker did not let in says so once, and once more when the broker then resets it; the client
 * listens only once, and Node ends a process in which nobody listens to an error. Whoever asked is told by the request
 * itself, so there is nothing more to do about it.
 */
function mendConnections(): void {
  const { connect } = Connection.prototype
  Connection.prototype.connect = function (this: Connection, ...args: Parameters<typeof connect>) {
    this.on('error', () => undefined)
    return connect.apply(this, args)
  } as typeof connect
}

mendConnections()
