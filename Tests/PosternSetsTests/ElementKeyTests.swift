// SPDX-License-Identifier: Apache-2.0
import PosternSets
import Testing
@Test func x() {}
