// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
// Tasks that begin when others are done, spawned one by one: dependencies without a graph. A handle is a shared future
// of its task's result, and what later tasks name to come after it.
#pragma once

#include <pel/detail/graph/after/waiting.hpp>
#include <pel/thread_pool.hpp>

#include <functional>
#include <initializer_list>
#include <iterator>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <variant>

PEL_NAMESPACE_BEGIN

/// A handle of a task of any result. Copies are handles of the same task; it goes on without any.
/// Thread safety: different handles of one task may be used by different threads; one handle as a plain object.
/// Requires, where nothing else is said: valid(); else throws std::logic_error.
class task_ref {
public:
    task_ref() noexcept = default;
    task_ref(const task_ref& other) noexcept : core_(other.core_) {
        if (core_ != nullptr) core_->hold();
    }
    task_ref(task_ref&& other) noexcept : core_(std::exchange(other.core_, nullptr)) {}
    task_ref& operator=(task_ref other) noexcept {
        std::swap(core_, other.core_);
        return *this;
    }
    ~task_ref() {
        if (core_ != nullptr) core_->release();
    }

    /// Whether there is a task: false by default construction and after a move.
    bool valid() const noexcept { return core_ != nullptr; }

    /// Whether the task has come to its end: so have all that it was to begin after, whether it ran or not.
    bool is_ready() const { return checked().is_done(); }

    /// Blocks: until is_ready(). Runs the task if it is ready and nobody has begun it, else what it begins after, else
    /// work spawned inside those. Throws: std::logic_error if the task is, or begins after, one that runs on this
    /// thread, which would be for ever (add_predecessor() may make it so later, and is not seen in a wait that sleeps);
    /// std::runtime_error in a fork child, if the task is the parent's.
    void wait() const { checked().wait(); }

    /// A task that has not begun will not: it ends as cancelled when what it begins after is done, and so do those that
    /// begin after it. (Not before: who has waited for it may rely on what it names being done.) Returns: false if it
    /// has begun, or is about to.
    bool cancel() const { return checked().cancel(); }

    /// Returns: true, the task does not begin before `other` is done; false, it has begun, or is about to. To be sure,
    /// call it before something that the task begins after is done. Throws: std::logic_error if `other` is this task,
    /// or is to begin after it, perhaps through others; std::bad_alloc. Complexity: all that `other` waits for is
    /// looked at, under one lock of the process.
    bool add_predecessor(const task_ref& other) const { return checked().add_predecessor(other.checked()); }

protected:
    friend struct detail::task_access;
    friend class predecessor;
    explicit task_ref(detail::task_core* core) noexcept : core_(core) {}

    detail::task_core& checked() const {
        if (core_ == nullptr) detail::throw_error<std::logic_error>("pel::task_ref: there is no task behind it");
        return *core_;
    }

    detail::task_core* core_ = nullptr;
};

namespace detail {

/// A task with its result.
template <class R>
class task_with_result : public task_core {
public:
    using task_core::task_core;

    /// Requires: done. Throws: what the task threw, or the first that failed of those it was to begin after.
    std::add_lvalue_reference_t<const R> get() const {
        if (end() == task_end::failed) std::rethrow_exception(error());
        if (end() == task_end::cancelled) throw_error<operation_cancelled>();
        if constexpr (!std::is_void_v<R>) return *result_;
    }

protected:
    ~task_with_result() = default;

    std::conditional_t<std::is_void_v<R>, std::monostate, std::optional<std::conditional_t<std::is_void_v<R>, int, R>>>
        result_;
};

} // namespace detail

/// A handle of a task that returns R: see task_ref.
template <class R>
class [[nodiscard]] task_handle : public task_ref {
public:
    using result_type = R;

    task_handle() noexcept = default;

    /// Effects: as wait(). Returns: the task's result, which lives as long as a handle does; nothing for void. Any
    /// number of threads may ask, any number of times. Throws: as wait(); what the task threw; else, if it has not
    /// begun, what the first that failed of those it was to begin after threw; operation_cancelled, if it was
    /// cancelled.
    std::add_lvalue_reference_t<const R> get() const {
        wait();
        return static_cast<const detail::task_with_result<R>&>(*core_).get();
    }

private:
    friend struct detail::task_access;
    explicit task_handle(detail::task_core* core) noexcept : task_ref(core) {}
};

/// A handle as it is named in a list of what a task comes after: refers to it, at no cost.
class predecessor {
public:
    /// Throws: std::logic_error for a handle without a task.
    predecessor(const task_ref& task) : core_(&task.checked()) {} // NOLINT(*-explicit-*): names what is meant

private:
    friend struct detail::task_access;
    detail::task_core* core_;
};

namespace detail {

/// The whole, with the callable. Base: a task_with_result<R>, made from the pool and from `more`.
template <class R, class F, class Base>
class spawned_call final : public Base {
public:
    template <class G, class... More>
    explicit spawned_call(scheduler& pool, G&& function, const More&... more)
        : Base(pool, more...), function_(std::forward<G>(function)) {}

    void call() noexcept override {
        call_guarded(
            [this] {
                if constexpr (std::is_void_v<R>)
                    std::invoke(*function_);
                else
                    this->result_.emplace(std::invoke(*function_));
            },
            [this](std::exception_ptr error) { this->fail(task_end::failed, std::move(error)); });
        function_.reset(); // what it holds is gone before anybody goes on
    }
    void drop() noexcept override { function_.reset(); }
    void destroy() noexcept override {
        this->~spawned_call();
        frame_pool::release(this, sizeof(spawned_call), &current_worker->frames);
    }

private:
    std::optional<F> function_;
};

/// A callable that is given the results of others, in order, but for those that have none.
template <class F, class... Results>
class call_with_results {
public:
    template <class G>
    explicit call_with_results(G&& function, const task_handle<Results>&... tasks)
        : function_(std::forward<G>(function)), tasks_(tasks...) {}

    decltype(auto) operator()() {
        return std::apply(
            [this](const auto&... tasks) -> decltype(auto) {
                return std::apply(function_, std::tuple_cat(result_of(tasks)...));
            },
            tasks_);
    }

private:
    template <class R>
    static auto result_of(const task_handle<R>& task) {
        if constexpr (std::is_void_v<R>)
            return std::tuple<>();
        else
            return std::tuple<const R&>(task.get());
    }

    F function_;
    std::tuple<task_handle<Results>...> tasks_;
};

/// What is made of an F, and how; pel::with() has its own.
template <class F>
struct task_of {
    using result = std::invoke_result_t<F&>;
    using call = spawned_call<result, F, task_with_result<result>>;

    template <class G>
    static call* make(void* memory, scheduler& pool, G&& function) {
        return ::new (memory) call(pool, std::forward<G>(function));
    }
};

template <class F>
inline constexpr bool is_task_function = std::invocable<F&>;
template <class F>
concept task_function = is_task_function<std::decay_t<F>>;

/// What f returns is the task's result: not a coroutine that nobody awaits. Asked where users call, for short errors.
template <class F>
inline constexpr bool has_result = !is_task<std::remove_cv_t<typename task_of<std::decay_t<F>>::result>>;

/// An F as it is called when it is given the results of `tasks`.
template <class F>
struct given_results {
    template <class G, class... Results>
    static auto make(G&& function, const task_handle<Results>&... tasks) {
        return call_with_results<F, Results...>(std::forward<G>(function), tasks...);
    }
};

template <class Predecessors, class F>
auto spawn_in(scheduler& pool, const Predecessors& predecessors, std::size_t size, F&& function) {
    using kind = task_of<std::decay_t<F>>;
    using result = typename kind::result;
    static_assert(!std::is_reference_v<result>,
                  "pel::spawn_after: a task that returns a reference is to return a pointer");
    using call = typename kind::call;
    static_assert(alignof(call) <= 64,
                  "pel::spawn_after: a task aligned to more than 64 bytes is to hold that by pointer");
    for (auto&& each : predecessors) task_access::core(each).check_process();
    void* const memory = allocate_frame(injected_job::counting_record(pool), sizeof(call));
    const auto free = [&] { frame_pool::release(memory, sizeof(call), &current_worker->frames); };
    call* task = nullptr;
    call_unwinding([&] { task = kind::make(memory, pool, std::forward<F>(function)); }, free);
    call_unwinding([&] { task->begin_after(predecessors, size); }, [&] { task->destroy(); });
    return task_access::make<task_handle<result>>(task);
}

template <class T>
inline constexpr bool is_task_handle = false;
template <class R>
inline constexpr bool is_task_handle<task_handle<R>> = true;

/// f(results), with f the last of the arguments.
template <class Arguments, std::size_t... I>
auto spawn_with_results(scheduler& pool, Arguments&& arguments, std::index_sequence<I...>) {
    using function = std::tuple_element_t<sizeof...(I), std::remove_reference_t<Arguments>>;
    const predecessor list[] = {predecessor(std::get<I>(arguments))...};
    auto call = given_results<std::decay_t<function>>::make(std::forward<function>(std::get<sizeof...(I)>(arguments)),
                                                            std::get<I>(arguments)...);
    static_assert(has_result<decltype(call)>, "pel::spawn_after: nobody awaits the coroutine that f returns, so it "
                                              "would never begin: let f return pel::sync_wait() of it");
    return spawn_in(pool, list, sizeof...(I), std::move(call));
}

template <class First, class Second, class... Rest>
constexpr bool are_handles_and_callable() {
    if constexpr (!is_task_handle<std::decay_t<First>>)
        return false;
    else if constexpr (sizeof...(Rest) != 0)
        return are_handles_and_callable<Second, Rest...>();
    else
        return !is_task_handle<std::decay_t<Second>>;
}

template <class Range>
concept range_of_tasks =
    std::ranges::forward_range<const Range> && // it is gone through twice, so the handles are in it
    std::is_lvalue_reference_v<std::ranges::range_reference_t<const Range>> &&
    std::convertible_to<std::ranges::range_reference_t<const Range>, const task_ref&>;

} // namespace detail

/// Makes f() a task of `pool` that begins when all of `predecessors`, handles such as {x, y}, are done; at once for {}.
/// The task counts as submitted: ~thread_pool waits for it. If one of those fails or is cancelled, f is dropped, when
/// all are done. Returns: its handle. Throws: std::bad_alloc, what copying f throws, std::logic_error for a handle
/// without a task; std::runtime_error in a fork child, for one of the parent's that is not done.
/// Does not block. Thread safety: any thread. Complexity: O(predecessors). Cost: some ten atomic RMWs for a task with
/// one predecessor, in all.
template <detail::task_function F>
auto spawn_after(thread_pool& pool, std::initializer_list<predecessor> predecessors, F&& f) {
    static_assert(detail::has_result<F>,
                  "pel::spawn_after: nobody awaits the coroutine that f returns, so it would never "
                  "begin: let f return pel::sync_wait() of it");
    return detail::spawn_in(detail::pool_access::core(pool), predecessors, predecessors.size(), std::forward<F>(f));
}
/// In the calling worker's pool; elsewhere in the default pool.
template <detail::task_function F>
auto spawn_after(std::initializer_list<predecessor> predecessors, F&& f) {
    static_assert(detail::has_result<F>,
                  "pel::spawn_after: nobody awaits the coroutine that f returns, so it would never "
                  "begin: let f return pel::sync_wait() of it");
    return detail::spawn_in(detail::current_scheduler(), predecessors, predecessors.size(), std::forward<F>(f));
}

/// The same after all tasks of a range of handles.
template <detail::range_of_tasks Range, detail::task_function F>
auto spawn_after(thread_pool& pool, const Range& predecessors, F&& f) {
    static_assert(detail::has_result<F>,
                  "pel::spawn_after: nobody awaits the coroutine that f returns, so it would never "
                  "begin: let f return pel::sync_wait() of it");
    return detail::spawn_in(detail::pool_access::core(pool),
                            predecessors |
                                std::views::transform([](const task_ref& each) { return predecessor(each); }),
                            static_cast<std::size_t>(std::ranges::distance(predecessors)), std::forward<F>(f));
}
template <detail::range_of_tasks Range, detail::task_function F>
auto spawn_after(const Range& predecessors, F&& f) {
    return spawn_after(detail::pool_access::owner(detail::current_scheduler()), predecessors, std::forward<F>(f));
}

/// spawn_after(x, y, f) calls f(x.get(), y.get()), results that are void left out; f may take them as references to
/// const. The task holds x and y until it has run, or f is dropped: not called, if one of them fails or is cancelled,
/// and then get() throws what theirs does. Returns, throws, complexity: as the others; does not block either.
template <class... Arguments>
    requires(sizeof...(Arguments) >= 2 && detail::are_handles_and_callable<Arguments...>())
auto spawn_after(thread_pool& pool, Arguments&&... handles_and_f) {
    return detail::spawn_with_results(detail::pool_access::core(pool),
                                      std::forward_as_tuple(std::forward<Arguments>(handles_and_f)...),
                                      std::make_index_sequence<sizeof...(Arguments) - 1>());
}
template <class... Arguments>
    requires(sizeof...(Arguments) >= 2 && detail::are_handles_and_callable<Arguments...>())
auto spawn_after(Arguments&&... handles_and_f) {
    return detail::spawn_with_results(detail::current_scheduler(),
                                      std::forward_as_tuple(std::forward<Arguments>(handles_and_f)...),
                                      std::make_index_sequence<sizeof...(Arguments) - 1>());
}

/// Called inside a running task: this is not done before `other` is, so those that wait for it, or begin after it, wait
/// for both; if `other` fails, so has this task. Its own result stays. May be called for several. Throws:
/// std::logic_error outside a task or in a piece of it that another thread has taken, or if `other` begins after this
/// task (a cycle); std::bad_alloc. Cost: as add_predecessor(); the frame of this task, without f, lives on until
/// `other` is done.
inline void hand_over_successors(const task_ref& other) {
    detail::task_core& next = detail::task_access::core(predecessor(other));
    detail::task_core* const task = detail::task_of_caller();
    if (task == nullptr)
        detail::throw_error<std::logic_error>("pel::hand_over_successors: called outside a task of spawn_after");
    task->hand_over_to(next);
}

PEL_NAMESPACE_END
