// From exercises to what a person does one after another. Pure.

/** Those of a weekday (Monday is 0), where exercises have days; all of them if none is on that day. */
export function dueOn(exercises, weekday) {
  const due = exercises.filter(({ days }) => !days || days.includes(weekday));
  return due.length ? due : exercises;
}

/**
 * One step: {exercise, kind: "reps"|"hold", count, seconds, side, round}.
 * A stretch changes sides after each hold; strengthening finishes one leg first.
 */
export function stepsOf(exercises, seconds) {
  return exercises.flatMap((exercise) => {
    const sides = exercise.only ? [exercise.only] : exercise.each_side ? ["left", "right"] : [""];
    const rounds = Array.from({ length: exercise.sets }, (_, n) => n + 1);
    if (!exercise.hold_from) {
      return rounds.flatMap((round) =>
        sides.map((side) => ({ exercise, kind: "reps", count: exercise.reps, side, round })));
    }
    const hold = clamp(seconds, exercise.hold_from, exercise.hold_to || exercise.hold_from);
    const holds = Array.from({ length: exercise.reps || 1 }, (_, n) => n + 1);
    return rounds.flatMap((round) => holds.flatMap(() =>
      sides.map((side) => ({ exercise, kind: "hold", seconds: hold, side, round }))));
  });
}

export function clamp(value, low, high) {
  return Math.min(Math.max(value, low), high);
}
