/** What a broker says, by Kafka's names, to whom it knows and does not allow what was asked for. */
const lacks = ['TOPIC_AUTHORIZATION_FAILED', 'GROUP_AUTHORIZATION_FAILED', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED']
const noAuthorizer = 'SECURITY_DISABLED'

export const accessRefusals: readonly string[] = [...lacks, noAuthorizer]

/**
 * What to do about it. A lack of rights ends the process, as a wrong password does: nothing that it could wait for comes
 * by itself, and whoever restarts it finds the rights that were granted meanwhile.
 *
 * @param said whether the broker said this
 */
export function accessRefusal(said: (code: string) => boolean): string | undefined {
  const code = accessRefusals.find(said)
  if (code === undefined) return undefined
  if (code === noAuthorizer) return `${code}: the cluster has no authorizer, so there is nothing to allow or refuse (docs/security.md)`
  return `${code}: the user of KAFKA_SASL_USERNAME, or of the certificate, may not do this. npm run topics -- acls --check tells what is missing, --apply grants it`
}
