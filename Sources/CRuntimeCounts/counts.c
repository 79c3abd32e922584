// SPDX-License-Identifier: Apache-2.0
#include "CRuntimeCounts.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

static _Thread_local struct postern_runtime_counts counts;

// --- reference counting ------------------------------------------------------------------------------------------------------
//
// Swift's runtime calls retain and release through these pointers while the flag is set (stdlib/public/runtime/HeapObject.cpp). A hook
// that preserves most registers fits a caller of either convention.

typedef void *one(void *);
typedef void *several(void *, uint32_t);
typedef void drop_one(void *);
typedef void drop_several(void *, uint32_t);

extern one *_swift_retain;
extern several *_swift_retain_n;
extern one *_swift_tryRetain;
extern drop_one *_swift_release;
extern drop_several *_swift_release_n;
extern _Atomic(bool) _swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly;

static one *retain_itself, *try_retain_itself;
static several *retain_n_itself;
static drop_one *release_itself;
static drop_several *release_n_itself;

#define HOOK __attribute__((preserve_most)) static

// The top bit marks what is no object, such as a short string.
static bool is_object(void *object) { return (intptr_t)object > 0; }

// The runtime takes the top bit off before it calls this hook, and keeps the whole in the first register that calls preserve
// (_swift_retain_adapterImpl). Without that a short string would be taken for an object.
void *counted_retain(void *object);
#if defined(__x86_64__)
__asm__(".text\n.type counted_retain, @function\ncounted_retain:\n  movq %rbx, %rsi\n  jmp counted_retain_of\n");
#elif defined(__aarch64__)
__asm__(".text\n.type counted_retain, @function\ncounted_retain:\n  mov x1, x19\n  b counted_retain_of\n");
#endif

__attribute__((preserve_most, used, visibility("hidden"))) void *counted_retain_of(void *object, uintptr_t whole) {
  const uintptr_t kept = 0x00fffffffffffff8;
  bool isWhole = (whole & kept) == ((uintptr_t)object & kept);
  if (isWhole && !is_object((void *)whole)) return object;
  counts.retains++;
  return retain_itself(object);
}

HOOK void *counted_retain_n(void *object, uint32_t count) {
  counts.retains += is_object(object);
  return retain_n_itself(object, count);
}

HOOK void *counted_try_retain(void *object) {
  counts.retains += is_object(object);
  return try_retain_itself(object);
}

HOOK void counted_release(void *object) {
  counts.releases += is_object(object);
  release_itself(object);
}

HOOK void counted_release_n(void *object, uint32_t count) {
  counts.releases += is_object(object);
  release_n_itself(object, count);
}

static void install(void) {
  retain_itself = _swift_retain;
  retain_n_itself = _swift_retain_n;
  try_retain_itself = _swift_tryRetain;
  release_itself = _swift_release;
  release_n_itself = _swift_release_n;
  _swift_retain = (one *)counted_retain;
  _swift_retain_n = (several *)counted_retain_n;
  _swift_tryRetain = (one *)counted_try_retain;
  _swift_release = (drop_one *)counted_release;
  _swift_release_n = (drop_several *)counted_release_n;
}

// --- allocations -------------------------------------------------------------------------------------------------------------
//
// A program's own malloc takes the place of the C library's, for every library that it loads. A sanitizer has one itself.

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

void *malloc(size_t size) {
  counts.allocations++;
  return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
  counts.allocations++;
  return __libc_calloc(count, size);
}

void *realloc(void *room, size_t size) {
  counts.allocations++;
  return __libc_realloc(room, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
  counts.allocations++;
  return __libc_memalign(alignment, size);
}

int posix_memalign(void **room, size_t alignment, size_t size) {
  void *found = aligned_alloc(alignment, size);
  if (!found) return ENOMEM;
  *room = found;
  return 0;
}
#endif

// --- the account -------------------------------------------------------------------------------------------------------------

static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_int counting;

void postern_counting_begin(void) {
  pthread_once(&once, install);
  if (atomic_fetch_add(&counting, 1) == 0)
    atomic_store(&_swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly, true);
  counts = (struct postern_runtime_counts){0};
}

struct postern_runtime_counts postern_counting_end(void) {
  struct postern_runtime_counts ended = counts;
  if (atomic_fetch_sub(&counting, 1) == 1)
    atomic_store(&_swift_enableSwizzlingOfAllocationAndRefCountingFunctions_forInstrumentsOnly, false);
  return ended;
}
