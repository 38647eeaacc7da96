-- The latest answer that came late: when it had been asked for, and when it came. A participant that is at a backlog takes new sales first, so that its
-- answers to these say nothing about the others.
ALTER TABLE participant_heard ADD late_asked_at DATETIME2(3) NULL;
ALTER TABLE participant_heard ADD late_answered_at DATETIME2(3) NULL;
