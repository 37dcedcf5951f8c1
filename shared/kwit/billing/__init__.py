"""Cycles, runs, drafts, holds, approval and the run certificate."""
