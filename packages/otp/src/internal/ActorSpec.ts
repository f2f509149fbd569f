/** The child specification of an actor: its cell, and how its supervisor treats it. */
import type { ChildSpec, Link, Options, Process, Restart, Shutdown } from "../ChildSpec.ts"
import type { ExitReason } from "../ExitReason.ts"
import type { ActorCell } from "./ActorCell.ts"
import { ActorProcess } from "./ActorProcess.ts"

export class ActorSpec<State, Command, Signal, InitError> implements ChildSpec {
  readonly id: string
  readonly type = "actor"
  readonly restart: Restart
  readonly shutdown: Shutdown
  readonly isSignificant: boolean
  private readonly cell: ActorCell<State, Command, Signal, InitError>

  constructor(cell: ActorCell<State, Command, Signal, InitError>, options: Options) {
    this.cell = cell
    this.id = options.id
    this.restart = options.restart ?? "permanent"
    this.shutdown = options.shutdown ?? "5 seconds"
    this.isSignificant = options.isSignificant ?? false
  }

  get kind(): string {
    return this.cell.behaviour.kind
  }

  start(link: Link): Process {
    const { cell } = this
    if (cell.process !== undefined) throw new Error(`${cell.path} runs already: an actor has one supervisor`)
    const process = new ActorProcess(cell, link, this.shutdown)
    cell.node = link.node
    link.node.probe = cell
    cell.process = process
    process.begin()
    return process
  }

  retire(reason: ExitReason): void {
    this.cell.retire(reason)
  }
}
