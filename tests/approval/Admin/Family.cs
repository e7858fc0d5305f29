namespace SecureChat.ApprovalTests.Admin;

/// <summary>A family of five to which everything happens that can happen to a circle.</summary>
internal static class Family
{
    public static FamilyLedger Written()
    {
        Person ada = Person.Named("Ada");
        Person bo = Person.Named("Bo");
        Person cy = Person.Named("Cy");
        Person dee = Person.Named("Dee");
        Person eve = Person.Named("Eve");
        FamilyLedger ledger = new();
        ledger.Found(ada);
        ledger.Import(bo, joined: new DateTimeOffset(2024, 5, 6, 7, 8, 9, TimeSpan.Zero).ToUnixTimeMilliseconds());

        ledger.Ask(cy, "request-of-cy");
        ledger.Vote(ada, "request-of-cy");
        ledger.Vote(bo, "request-of-cy", signs: false);
        ledger.Admit("request-of-cy");
        ledger.Ratify(bo);

        ledger.Pass(TimeSpan.FromDays(1));
        ledger.Ask(dee, "request-of-dee");
        ledger.Vote(ada, "request-of-dee");
        ledger.Vote(bo, "request-of-dee");
        ledger.Vote(cy, "request-of-dee");
        ledger.Admit("request-of-dee");

        ledger.Pass(TimeSpan.FromDays(1));
        ledger.Ask(Person.Named("Mallory"), "request-of-mallory", signs: false);
        ledger.Vote(cy, "request-of-mallory");
        ledger.Vote(dee, "request-of-mallory", approve: false);
        ledger.Reject("request-of-mallory");

        ledger.Ask(eve, "request-of-eve");
        ledger.Vote(ada, "request-of-eve");
        ledger.Vote(cy, "request-of-eve");
        ledger.Vote(dee, "request-of-eve", signs: false);
        ledger.Leave(bo);
        ledger.Admit("request-of-eve");

        ledger.Pass(TimeSpan.FromDays(1));
        ledger.Ask(bo, "return-of-bo", name: "Bo the Second");
        ledger.Vote(ada, "return-of-bo");
        ledger.Vote(cy, "return-of-bo");
        ledger.Vote(dee, "return-of-bo");
        ledger.Vote(eve, "return-of-bo");
        ledger.Admit("return-of-bo");

        ledger.Ask(Person.Named("Finn"), "request-of-finn");
        ledger.Vote(ada, "request-of-finn");
        ledger.Pass(TimeSpan.FromDays(2));
        ledger.Expire("request-of-finn");
        ledger.Ask(Person.Named("Finn"), "second-request-of-finn");
        ledger.Pass(TimeSpan.FromDays(2));
        ledger.Expire("second-request-of-finn");

        ledger.Lock(cy, locked: true);
        ledger.Require(ada, required: true);
        ledger.Lock(cy, locked: false);
        ledger.Erase(12, "profile", "keys");
        ledger.Leave(dee);
        ledger.Erase(7, "profile");
        ledger.AcceptRollback(60);
        ledger.Require(ada, required: false);
        ledger.Ask(Person.Named("Gus"), "request-of-gus");
        ledger.Vote(eve, "request-of-gus");
        return ledger;
    }
}
