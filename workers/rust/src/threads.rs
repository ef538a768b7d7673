use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// Handlers may wait, so there are more threads when no call has begun for this long.
const GROW_AFTER: Duration = Duration::from_millis(2);
const IDLE_FOR: Duration = Duration::from_secs(10);
const MAX_THREADS: usize = 1024;

/// Runs jobs in threads: as many as there are processors, more while all of them wait.
pub struct Threads<J: Send + 'static> {
    state: Mutex<State<J>>,
    has_job: Condvar,
    has_queue: Condvar,
    run: Box<dyn Fn(J, &Self) + Send + Sync>,
    /// Called by a thread that has nothing to do.
    rest: Box<dyn Fn() + Send + Sync>,
    usual: usize,
}

struct State<J> {
    jobs: VecDeque<J>,
    threads: usize,
    idle: usize,
    taken: u64,
}

impl<J: Send + 'static> Threads<J> {
    pub fn start(
        run: impl Fn(J, &Self) + Send + Sync + 'static,
        rest: impl Fn() + Send + Sync + 'static,
    ) -> Arc<Self> {
        let usual = thread::available_parallelism().map_or(2, |count| count.get().max(2));
        let threads = Arc::new(Threads {
            state: Mutex::new(State { jobs: VecDeque::new(), threads: 0, idle: 0, taken: 0 }),
            has_job: Condvar::new(),
            has_queue: Condvar::new(),
            run: Box::new(run),
            rest: Box::new(rest),
            usual,
        });
        threads.grow(usual);
        let own = Arc::clone(&threads);
        thread::spawn(move || own.watch());
        threads
    }

    pub fn push(&self, jobs: &mut Vec<J>) {
        let mut state = self.lock();
        let woken = state.idle.min(jobs.len());
        let has_queue = jobs.len() > state.idle && state.jobs.is_empty();
        state.jobs.extend(jobs.drain(..));
        drop(state);
        for _ in 0..woken {
            self.has_job.notify_one();
        }
        if has_queue {
            self.has_queue.notify_one();
        }
    }

    /// The next job, where there is one at once.
    pub fn peek<T>(&self, look: impl FnOnce(Option<&J>) -> T) -> T {
        look(self.lock().jobs.front())
    }

    fn grow(self: &Arc<Self>, count: usize) {
        for _ in 0..count {
            self.lock().threads += 1;
            let own = Arc::clone(self);
            let started = thread::Builder::new().name("handler".to_string()).spawn(move || own.work());
            if started.is_err() {
                // the system gives no more: the others go on
                self.lock().threads -= 1;
                return;
            }
        }
    }

    fn work(&self) {
        while let Some(job) = self.take() {
            (self.run)(job, self);
        }
    }

    /// None: this thread is one too many.
    fn take(&self) -> Option<J> {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                state.taken += 1;
                return Some(job);
            }
            drop(state);
            (self.rest)();
            state = self.lock();
            if !state.jobs.is_empty() {
                continue;
            }
            state.idle += 1;
            let (woken, waited) =
                self.has_job.wait_timeout(state, IDLE_FOR).unwrap_or_else(|broken| broken.into_inner());
            state = woken;
            state.idle -= 1;
            if waited.timed_out() && state.jobs.is_empty() && state.threads > self.usual {
                state.threads -= 1;
                return None;
            }
        }
    }

    /// Adds threads while jobs wait and none begins.
    fn watch(self: &Arc<Self>) {
        loop {
            let mut state = self.lock();
            while state.jobs.is_empty() {
                state = self.has_queue.wait(state).unwrap_or_else(|broken| broken.into_inner());
            }
            let taken = state.taken;
            drop(state);
            thread::sleep(GROW_AFTER);
            let state = self.lock();
            let is_stuck = state.taken == taken && !state.jobs.is_empty() && state.idle == 0;
            let count = state.jobs.len().min(state.threads).min(MAX_THREADS - state.threads);
            drop(state);
            if is_stuck {
                self.grow(count);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}
