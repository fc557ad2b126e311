// `lamplighter check`: reads everything that `serve` would read and says what is wrong, without serving.

import ArgumentParser

struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Tries configuration, number plan, key maps, certificates and prompts.")
    @OptionGroup var common: CommonOptions

    func run() async throws {
        let configuration = try common.load()
        let materials = try Materials(configuration)
        for problem in materials.promptProblems { print(problem) }
        guard materials.promptProblems.isEmpty else { throw ExitCode.failure }
        print("configuration, number plan, key maps, certificates and prompts are in order")
    }
}
