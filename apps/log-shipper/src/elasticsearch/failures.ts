import { errors } from '@elastic/elasticsearch'
import { LogError } from '../errors.js'

/** Whether a status says that the same may be done later. */
function isForNow(status: number): boolean {
  return status === 429 || status >= 500
}

/**
 * An error of Elasticsearch's client as one of this app, which says how to recover.
 *
 * @param doing what was tried, for people
 */
export function indexError(error: unknown, doing: string): unknown {
  if (error instanceof errors.ResponseError) {
    const { statusCode = 0 } = error
    if (statusCode === 401 || statusCode === 403) {
      return new LogError('LOG_INDEX_FORBIDDEN', `Elasticsearch refuses ${doing} (${statusCode}): check the credentials (ELASTICSEARCH_URL, ELASTICSEARCH_API_KEY) and what they may do`, { cause: error })
    }
    if (isForNow(statusCode)) return new LogError('LOG_INDEX_UNAVAILABLE', `Elasticsearch cannot do ${doing} now (${statusCode}): ${error.message}`, { cause: error })
    return new LogError('LOG_INDEX_FAILED', `Elasticsearch refuses ${doing} (${statusCode}): ${error.message}`, { cause: error })
  }
  if (error instanceof errors.ConnectionError || error instanceof errors.TimeoutError || error instanceof errors.NoLivingConnectionsError || error instanceof errors.DeserializationError) {
    return new LogError('LOG_INDEX_UNAVAILABLE', `Elasticsearch does not answer ${doing}: ${error.message}`, { cause: error })
  }
  return error
}
