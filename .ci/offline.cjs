// node --require: a process that reaches no host but its own, so that what is said to run offline does.
const net = require("node:net");

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  const host = typeof options === "object" ? (options.path ? "localhost" : options.host) : args[1];
  if (host !== undefined && typeof host === "string" && !["localhost", "127.0.0.1", "::1"].includes(host)) {
    throw new Error(`offline: connected to ${host}`);
  }
  return connect.apply(this, args);
};
