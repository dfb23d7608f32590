// PostGraphile 4 over the public views, for one user: what its own JWT handling does for each request
// (begin, set_config, query, commit), without the cost of checking a token.
const http = require("node:http");
const { postgraphile } = require("postgraphile");

const { BENCH_DATABASE, BENCH_USER, BENCH_PORT } = process.env;

const handler = postgraphile(BENCH_DATABASE, ["analytics"], {
  pgSettings: async () => ({ "app.user_id": BENCH_USER }),
  disableQueryLog: true,
  graphiql: false,
  dynamicJson: true,
});

http.createServer(handler).listen(Number(BENCH_PORT), "127.0.0.1");
