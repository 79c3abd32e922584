// SPDX-License-Identifier: Apache-2.0
import CPosternShims
import Glibc

/// A program that an event started: in a session of its own, without capabilities, within limits, killed with the process that started it.
package struct ActionProcess: ~Copyable {
  /// A user, a group and supplementary groups that are not those of this process.
  package struct Identity: Hashable, Sendable {
    package var user: UInt32
    package var group: UInt32
    package var groups: [UInt32]

    package init(user: UInt32, group: UInt32, groups: [UInt32]) {
      self.user = user
      self.group = group
      self.groups = groups
    }
  }

  /// What is fixed before the start.
  package struct Plan: Hashable, Sendable {
    /// The first word is the path.
    package var words: [String]
    package var environment: [String]
    package var directory: String
    /// Nil keeps that of this process.
    package var identity: Identity?
    /// Of CPU time.
    package var seconds: UInt32

    package init(words: [String], environment: [String], directory: String, identity: Identity?, seconds: UInt32) {
      self.words = words
      self.environment = environment
      self.directory = directory
      self.identity = identity
      self.seconds = seconds
    }
  }

  /// Descriptors of this process: standard input, output and error, and what becomes descriptor 3.
  package struct Streams: Hashable, Sendable {
    package var input: CInt
    package var output: CInt
    package var errors: CInt
    package var listener: CInt?

    package init(input: CInt, output: CInt, errors: CInt, listener: CInt? = nil) {
      self.input = input
      self.output = output
      self.errors = errors
      self.listener = listener
    }
  }

  /// The step that the kernel refused, by its number in `CPosternShims.h`.
  package struct Failure: Error, Hashable, Sendable {
    package var step: UInt8
    package var code: CInt
  }

  package let pid: Int32
  /// Readable when the program has ended (pidfd_open(2)).
  package let descriptor: OwnedDescriptor

  /// Starts a program; only for a process with one thread. A variable `LISTEN_PID=` gets the program's own process id.
  package init(_ plan: Plan, _ streams: Streams) throws(Failure) {
    var pid: pid_t = 0
    var step: UInt8 = 0
    let error = Self.start(plan, streams, &pid, &step)
    guard error == 0 else {
      if pid > 0 { _ = waitpid(pid, nil, 0) }
      throw Failure(step: step, code: error)
    }
    do throws(PlatformError) {
      let child = pid
      descriptor = try OwnedDescriptor("watch action") { postern_pidfd_open(child) }
    } catch {
      _ = kill(-pid, SIGKILL)
      _ = waitpid(pid, nil, 0)
      throw Failure(step: UInt8(POSTERN_STEP_FORK), code: error.code)
    }
    self.pid = pid
  }

  /// Signals the program and all that it started in its process group; to be called before ``end()`` answers, while the number is its own.
  package func signalGroup(_ signal: CInt) { _ = kill(-pid, signal) }

  /// How it ended, nil while it runs.
  package func end() throws(PlatformError) -> SpawnedProcess.End? {
    var signalled: CInt = 0
    var status: CInt = 0
    let number = descriptor.number
    guard try SystemCall.value("reap action", { unsafe postern_reap(number, 0, &signalled, &status) }) == 1 else { return nil }
    return signalled == 0 ? .exited(status) : .signalled(status)
  }

  private static let ownPID = "LISTEN_PID="
  /// Room for the digits of any process id.
  private static let room = String(repeating: " ", count: 16)

  private static func start(_ plan: Plan, _ streams: Streams, _ pid: inout pid_t, _ step: inout UInt8) -> CInt {
    let place = plan.environment.firstIndex { $0.hasPrefix(ownPID) }
    var environment = plan.environment
    if let place { environment[place] = ownPID + room }
    var argv = CStringArray(plan.words)
    var envp = CStringArray(environment)
    let groups = plan.identity?.groups ?? []
    let answer = unsafe argv.withPointers { argv in
      unsafe envp.withPointers { envp in
        unsafe plan.directory.withCString { directory in
          unsafe groups.withUnsafeBufferPointer { groups in
            var action = unsafe postern_action()
            unsafe action.argv = argv
            unsafe action.envp = envp
            unsafe action.directory = directory
            unsafe action.standard = (streams.input, streams.output, streams.errors)
            unsafe action.listener = streams.listener ?? -1
            unsafe action.changes_identity = plan.identity == nil ? 0 : 1
            unsafe action.uid = plan.identity?.user ?? 0
            unsafe action.gid = plan.identity?.group ?? 0
            unsafe action.groups = groups.baseAddress
            unsafe action.group_count = groups.count
            unsafe action.seconds = UInt64(plan.seconds)
            unsafe action.own_pid = place.flatMap { unsafe envp[$0].map { unsafe $0 + ownPID.utf8.count } }
            return unsafe postern_start_action(&action, &pid, &step)
          }
        }
      } ?? EINVAL
    }
    return answer ?? EINVAL
  }
}
