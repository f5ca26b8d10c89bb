import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.StringJoiner;
import org.elasticsearch.grok.Grok;
import org.elasticsearch.grok.GrokBuiltinPatterns;
import org.elasticsearch.grok.PatternBank;

/**
 * Matches texts by the expressions of a file of Logstash's patterns, with the grok library of Elasticsearch. A line in:
 * the name of a pattern, a blank, a text in Base64. A line out: `-` where it does not match, or `name=value` for each
 * field, values in Base64, separated by blanks.
 */
class GrokLines {
    public static void main(String[] arguments) throws Exception {
        Map<String, String> patterns = new HashMap<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            int blank = line.indexOf(' ');
            if (blank > 0) patterns.put(line.substring(0, blank), inDots(line.substring(blank + 1)));
        }
        PatternBank bank = GrokBuiltinPatterns.ecsV1Patterns().extendWith(patterns);
        Map<String, Grok> groks = new HashMap<>();
        Base64.Decoder decoder = Base64.getDecoder();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        PrintStream out = new PrintStream(System.out, false, StandardCharsets.US_ASCII);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split(" ", 2);
            Grok grok = groks.computeIfAbsent(parts[0], name -> new Grok(bank, "%{" + name + "}", message -> {}));
            Map<String, Object> found = grok.captures(new String(decoder.decode(parts[1]), StandardCharsets.UTF_8));
            out.println(found == null ? "-" : inBase64(found));
        }
        out.flush();
    }

    /** Logstash writes `[source][ip]` where Elasticsearch writes `source.ip`, and has longer numbers: types are left out. The expressions are the same. */
    private static String inDots(String pattern) {
        StringBuilder dotted = new StringBuilder();
        java.util.regex.Matcher reference = java.util.regex.Pattern.compile("%\\{(\\w+):((?:\\[[@\\w]+\\])+)(:\\w+)?\\}").matcher(pattern);
        while (reference.find()) {
            String name = reference.group(2).substring(1, reference.group(2).length() - 1).replace("][", ".");
            reference.appendReplacement(dotted, java.util.regex.Matcher.quoteReplacement("%{" + reference.group(1) + ":" + name + "}"));
        }
        return reference.appendTail(dotted).toString();
    }

    private static String inBase64(Map<String, Object> fields) {
        StringJoiner pairs = new StringJoiner(" ");
        fields.forEach((name, value) -> pairs.add(name + "=" + Base64.getEncoder().encodeToString(String.valueOf(value).getBytes(StandardCharsets.UTF_8))));
        return pairs.length() == 0 ? "=" : pairs.toString();
    }
}
