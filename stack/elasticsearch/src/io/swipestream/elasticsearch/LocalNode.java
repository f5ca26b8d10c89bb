package io.swipestream.elasticsearch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.elasticsearch.Version;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.node.InternalSettingsPreparer;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * One Elasticsearch node of the server's jars alone: {@code LocalNode HOME HOST HTTP_PORT}. Of the distribution's modules
 * it has HTTP only: no ingest pipelines, no painless, no ILM, and no {@code GET /}.
 */
public final class LocalNode {
  private static final String TRANSPORT = "transport-netty4";

  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]).toAbsolutePath();
    Settings settings =
        Settings.builder()
            .put("path.home", home.toString())
            .put("path.data", home.resolve("data").toString())
            .put("path.logs", home.resolve("logs").toString())
            .put("network.host", args[1])
            .put("http.port", args[2])
            // Nobody joins it: any free port will do.
            .put("transport.port", "0")
            .put("discovery.type", "single-node")
            .put("cluster.name", "swipestream")
            .put("node.name", "local")
            // A laptop's disk is often fuller than a node takes shards on, and the data of a run is small.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    installTransport(home);
    var environment = InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), home.resolve("config"), () -> "local");
    LogConfigurator.configureWithoutConfig(environment.settings());
    var modules = PluginsLoader.loadModulesBundles(home.resolve("modules"));
    Node node = new Node(environment, PluginsLoader.createPluginsLoader(modules, Set.of(), Map.of(), false));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
    node.start();
    Thread.currentThread().join();
  }

  /** The transport is a module: its jars and its descriptor in a directory below the home. */
  private static void installTransport(Path home) throws IOException {
    Path module = Files.createDirectories(home.resolve("modules").resolve(TRANSPORT));
    for (Path jar : transportJars()) Files.copy(jar, module.resolve(jar.getFileName()), StandardCopyOption.REPLACE_EXISTING);
    List<String> descriptor =
        List.of(
            "name=" + TRANSPORT,
            "description=HTTP and transport",
            "version=" + Version.CURRENT,
            "elasticsearch.version=" + Version.CURRENT,
            "java.version=17",
            "classname=org.elasticsearch.transport.netty4.Netty4Plugin");
    Files.write(module.resolve("plugin-descriptor.properties"), descriptor);
  }

  /** pom.xml has them copied beside the directory of the server's own jars. */
  private static List<Path> transportJars() throws IOException {
    String separator = System.getProperty("path.separator");
    Path server = Stream.of(System.getProperty("java.class.path").split(separator)).filter(jar -> jar.endsWith(".jar")).map(Path::of).findFirst().orElseThrow();
    try (Stream<Path> jars = Files.list(server.toAbsolutePath().getParent().resolveSibling(TRANSPORT))) {
      return jars.toList();
    }
  }

  private static void close(Node node) {
    try {
      node.close();
    } catch (IOException error) {
      error.printStackTrace();
    }
  }

  private LocalNode() {}
}
