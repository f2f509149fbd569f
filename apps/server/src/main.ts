// What `npm start` runs once the web client is built.
import { run } from "./Program.ts"
import { help } from "./ServerConfig.ts"

const [argument] = process.argv.slice(2)
if (argument === "--help" || argument === "-h") console.log(help())
else if (argument !== undefined) {
  console.error(`There is no option ${JSON.stringify(argument)}: see npm start -- --help.`)
  process.exit(1)
} else run()
