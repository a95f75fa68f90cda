# What `npm start` runs: the worker as it was bundled, with notes that are kept while it runs.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [ (name = "main", worker = .notes) ],
  sockets = [ (name = "http", address = "127.0.0.1:8787", http = (), service = "main") ]
);

const notes :Workerd.Worker = (
  modules = [ (name = "worker.js", esModule = embed "dist/worker.js") ],
  compatibilityDate = "2026-01-01",
  durableObjectNamespaces = [ (className = "Notes", uniqueKey = "notes") ],
  durableObjectStorage = (inMemory = void),
  bindings = [ (name = "NOTES", durableObjectNamespace = "Notes") ]
);
