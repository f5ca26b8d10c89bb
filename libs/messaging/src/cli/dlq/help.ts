export const help = `Usage: npm run dlq -- COMMAND [TOPIC] [options]

  list [TOPIC…]    how many dead letters there are, and how many are not yet redriven
  show TOPIC       where letters come from, why they are there, and what they say
  redrive TOPIC    send letters to their topic again

Which letters (show, redrive); of several options all must hold, of one given again one:
  --code CODE      of this error code, such as AVRO_UNDECODABLE
  --group GROUP    given up by this consumer group
  --key KEY        with this key
  --since TIME     given up at or after a time: 2026-11-25T14:00:00Z, a date (its start, UTC), or so
                   long ago: 90s, 30m, 12h, 7d
  --until TIME     given up before a time
  --offset RANGE   at these offsets of the dead-letter topic: 12, 10..20, 10.. or ..20
  --limit N        so many, the oldest first (show: 20 unless told)

show:
  --open           leave out what was redriven
  --reveal         show personal data. Letters hold it: fields with a pii tag in the schema, keys that
                   are such fields, and bytes that cannot be decoded are masked without this, and say so

redrive:
  --dry-run        say what would be done, and write nothing
  --edit 'F=V'     set a field of the decoded record before it is sent; again for more fields. Dots lead
                   into records (place.lat=52.5), null is null, lists and records are JSON
  --edit-with FILE a JSON merge patch (RFC 7396); a null sets a field to null
  --rate N         records a second at most
  --again          also letters that were redriven before
  --by NAME        who does it, for the record's headers and the mark; the system's user unless told

  A record that an edit would make break its contract is refused by field, and then nothing is sent.
  Records go to their own topic and key, with their own headers: a message-id is the same again. Only
  one consumer group gave a record up, but ALL groups of the topic see it again. Those that had
  handled it know it by its message-id. What was redriven is marked on the dead-letter topic, in the
  same transaction: after a crash, run it again. Two at once: the later ends the earlier.

  --json           print one JSON object as the last line; "broken" lists what does not hold
  --help           print this

Reads KAFKA_BROKERS and KAFKA_NAMESPACE from the environment; show, and redrive with edits, also
SCHEMA_REGISTRY_URL, SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD.

Exit code: 0 every promise holds, 1 one is broken, 2 wrong use.`
