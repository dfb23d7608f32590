-- Forgets the chunk, so that the session can make the next one.

drop table
demo_lead,
demo_detail,
demo_step,
demo_owner,
demo_attempt,
demo_call,
demo_contact,
demo_recipient,
demo_industries;
