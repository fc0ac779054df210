/** Milliseconds of both clocks of this machine. */
interface Moment {
  readonly monotonic: number;
  readonly wall: number;
}

/**
 * When a lease was last proven, seen by both threads. The monotonic clock cannot be set, but stands still while a machine
 * sleeps; the wall clock goes on. Whichever says that more time has passed is believed: at worst one renewal too many.
 */
export class LeaseClock {
  private readonly cell: BigInt64Array;

  constructor(readonly buffer: SharedArrayBuffer = new SharedArrayBuffer(24)) {
    this.cell = new BigInt64Array(buffer);
  }

  /** Before the request is sent: the store's time of the write cannot be earlier. */
  static now(): Moment {
    return { monotonic: Number(process.hrtime.bigint() / 1_000_000n), wall: Date.now() };
  }

  prove({ monotonic, wall }: Moment): void {
    Atomics.store(this.cell, 0, BigInt(monotonic));
    Atomics.store(this.cell, 1, BigInt(wall));
  }

  lose(): void {
    Atomics.store(this.cell, 2, 1n);
  }

  get isLost(): boolean {
    return Atomics.load(this.cell, 2) === 1n;
  }

  /** Milliseconds since it was last proven. */
  get age(): number {
    const { monotonic, wall } = LeaseClock.now();
    return Math.max(
      monotonic - Number(Atomics.load(this.cell, 0)),
      wall - Number(Atomics.load(this.cell, 1)),
    );
  }
}
